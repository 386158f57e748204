using KlaviyoExport.Overview;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>A row of the status page: a task with its severity.</summary>
public sealed record TaskRow(StatusRow Task)
{
    public bool IsOpen =>
        Task.Status is StatusText.Queued or StatusText.Processing or StatusText.NeedsApproval or StatusText.FailedRetrying;

    public bool NeedsAttention =>
        Task.MissedAt is not null
        || Task.Status is StatusText.FailedPermanent or StatusText.NeedsApproval or StatusText.FailedRetrying or StatusText.Skipped;

    /// <summary>The sort order. Tasks with problems come first, then tasks in progress, then all others.</summary>
    public int Order =>
        Task switch
        {
            { Status: StatusText.FailedPermanent } => 0,
            { Status: StatusText.NeedsApproval } or { MissedAt: not null } => 1,
            { Status: StatusText.FailedRetrying } => 2,
            { Status: StatusText.Skipped } => 3,
            { Status: StatusText.Processing } => 4,
            { Status: StatusText.Queued } => 5,
            { Status: StatusText.CompletedWithWarnings } => 6,
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
