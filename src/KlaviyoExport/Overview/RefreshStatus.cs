using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Builds the status rows and the history of sources and segments from their refresh tasks.</summary>
internal static class RefreshStatus
{
    /// <summary>Returns the latest task of each source or segment, by its id.</summary>
    public static async Task<Dictionary<int, RefreshTask>> LatestAsync(AppDb db, RefreshTaskKind kind, CancellationToken cancellationToken)
    {
        var latest = db.Set<RefreshTask>()
            .Where(task => task.Kind == kind)
            .GroupBy(task => task.SubjectId)
            .Select(group => group.Max(task => task.Id));
        return await db.Set<RefreshTask>()
            .AsNoTracking()
            .Where(task => latest.Contains(task.Id))
            .ToDictionaryAsync(task => task.SubjectId, cancellationToken);
    }

    public static async Task<IReadOnlyList<StatusPoint>> HistoryAsync(
        AppDb db,
        Actor actor,
        RefreshTaskKind kind,
        int id,
        int take,
        CancellationToken cancellationToken
    )
    {
        var tasks = await db.Set<RefreshTask>()
            .AsNoTracking()
            .Where(task => task.Kind == kind && task.SubjectId == id)
            .OrderByDescending(task => task.Id)
            .Take(take)
            .Select(task => new
            {
                Task = task,
                At = task.StartedAt
                    ?? task.FinishedAt
                    ?? db.Set<Refresh>()
                        .Where(refresh => refresh.Id == task.RefreshId)
                        .Select(refresh => refresh.StartedAt)
                        .FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. tasks.Select(row => new StatusPoint(
                row.At,
                StatusTexts.Of(row.Task.State),
                row.Task.FinishedAt - row.Task.StartedAt,
                row.Task.Count,
                DetailFor(actor, row.Task),
                null,
                null
            )),
        ];
    }

    /// <summary>Builds the row of a source or a segment.</summary>
    /// <param name="actor">The person who reads the row.</param>
    /// <param name="kind">Source or segment.</param>
    /// <param name="subject">The id and the name of the source or segment.</param>
    /// <param name="task">Its latest task. Null when it has none.</param>
    /// <param name="byHand">The state that is stored with the source or segment. It takes precedence when it is newer than the
    /// task.</param>
    /// <param name="nextRefresh">The time of the next system refresh. Null when it is off.</param>
    public static StatusRow Row(
        Actor actor,
        RefreshTaskKind kind,
        (int Id, string Name) subject,
        RefreshTask? task,
        ByHand byHand,
        DateTimeOffset? nextRefresh
    )
    {
        var row = new StatusRow
        {
            Kind = kind,
            Id = subject.Id,
            Name = subject.Name,
            Status = byHand.Status,
            LastRunAt = byHand.At,
            Count = byHand.Count,
            Detail = byHand.Detail,
            FollowsRefresh = true,
            NextRunAt = nextRefresh,
            MayRun = kind == RefreshTaskKind.Source ? ManageSources.Rule.Allows(actor) : DefineSegments.Rule.Allows(actor),
        };
        if (task is null || (task.FinishedAt is { } finished && (byHand.At > finished || byHand.FailedSince(task))))
            return row;
        return row with
        {
            Status = StatusTexts.Of(task.State),
            LastRunAt = task.FinishedAt ?? task.StartedAt ?? byHand.At,
            Duration = task.FinishedAt - task.StartedAt,
            Count = task.Count ?? byHand.Count,
            Detail = DetailFor(actor, task),
            MayCancel = task.FinishedAt is null && ManageSystem.Rule.Allows(actor),
        };
    }

    /// <summary>
    /// The outcome of a failed task can name paths and servers. It is returned only to people who may manage that kind of item. Others get
    /// a general message.
    /// </summary>
    public static LocalizedMessage? DetailFor(Actor actor, RefreshTask task) =>
        task.State == RefreshTaskState.Failed ? FaultFor(actor, task.Kind, task.Outcome) : task.Outcome;

    public static LocalizedMessage? FaultFor(Actor actor, RefreshTaskKind kind, LocalizedMessage? fault) =>
        (kind == RefreshTaskKind.Source ? ManageSources.Rule.Allows(actor) : DefineSegments.Rule.Allows(actor))
            ? fault
            : new LocalizedMessage("Scheduling.AdministratorSeesWhy");
}

/// <summary>The state that is stored with a source or segment, regardless of how it got there.</summary>
internal sealed record ByHand(StatusText Status, DateTimeOffset? At, long? Count, LocalizedMessage? Detail)
{
    /// <summary>A failed manual load stores an error but no time. It is newer than a task that succeeded.</summary>
    public bool FailedSince(RefreshTask task) =>
        Status == StatusText.FailedPermanent && task.State is RefreshTaskState.Successful or RefreshTaskState.CompletedWithWarnings;
}
