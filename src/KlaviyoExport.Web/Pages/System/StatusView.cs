using KlaviyoExport.Overview;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>A task, and how grave it is.</summary>
public sealed record TaskRow(StatusRow Task)
{
    public bool IsOpen =>
        Task.Status is StatusWord.Queued or StatusWord.Processing or StatusWord.NeedsApproval or StatusWord.FailedRetrying;

    public bool NeedsAttention =>
        Task.MissedAt is not null
        || Task.Status is StatusWord.FailedPermanent or StatusWord.NeedsApproval or StatusWord.FailedRetrying or StatusWord.Skipped;

    /// <summary>The gravest first, then what is under way, then the rest.</summary>
    public int Order =>
        Task switch
        {
            { Status: StatusWord.FailedPermanent } => 0,
            { Status: StatusWord.NeedsApproval } or { MissedAt: not null } => 1,
            { Status: StatusWord.FailedRetrying } => 2,
            { Status: StatusWord.Skipped } => 3,
            { Status: StatusWord.Processing } => 4,
            { Status: StatusWord.Queued } => 5,
            { Status: StatusWord.CompletedWithWarnings } => 6,
            _ => 7,
        };
}

/// <summary>Reads what the page of the status shows.</summary>
internal sealed class StatusView(StatusQueries status)
{
    /// <summary>What needs attention first, then by kind and name.</summary>
    public async Task<IReadOnlyList<TaskRow>> ReadAsync(Actor actor, CancellationToken cancellationToken) =>
        [
            .. (await status.ListAsync(actor, cancellationToken))
                .Select(task => new TaskRow(task))
                .OrderBy(row => row.Order)
                .ThenBy(row => row.Task.Kind)
                .ThenBy(row => row.Task.Name, StringComparer.CurrentCulture),
        ];
}
