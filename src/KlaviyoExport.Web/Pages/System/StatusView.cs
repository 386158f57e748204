using KlaviyoExport.Overview;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>A row of the status page: a task with its severity.</summary>
public sealed record TaskRow(StatusRow Task)
{
    public bool IsOpen =>
        Task.Status is StatusWord.Queued or StatusWord.Processing or StatusWord.NeedsApproval or StatusWord.FailedRetrying;

    public bool NeedsAttention =>
        Task.MissedAt is not null
        || Task.Status is StatusWord.FailedPermanent or StatusWord.NeedsApproval or StatusWord.FailedRetrying or StatusWord.Skipped;

    /// <summary>The sort order. Tasks with problems come first, then tasks in progress, then all others.</summary>
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

/// <summary>Reads the rows of the status page.</summary>
internal sealed class StatusView(StatusQueries status)
{
    /// <summary>Returns the tasks by <see cref="TaskRow.Order"/>, then by kind and name.</summary>
    public async Task<IReadOnlyList<TaskRow>> ReadAsync(Actor actor, CancellationToken cancellationToken) =>
        [
            .. (await status.ListAsync(actor, cancellationToken))
                .Select(task => new TaskRow(task))
                .OrderBy(row => row.Order)
                .ThenBy(row => row.Task.Kind)
                .ThenBy(row => row.Task.Name, StringComparer.CurrentCulture),
        ];
}
