using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>
/// Reads the data of the home page: items that need attention, runs in progress, the next runs and the totals of the last seven days. Every
/// signed-in person may read them.
/// </summary>
public sealed class HomeQueries(IDbContextFactory<AppDb> stores, ProfileCap cap, TimeProvider clock)
{
    /// <summary>
    /// Returns the items that need attention, grouped by kind. Problems with connections come first, because they stop all exports of the
    /// connection.
    /// </summary>
    /// <param name="actor">The person who reads the list.</param>
    /// <param name="take">The maximum number of items of each kind.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<IReadOnlyList<Attention>> NeedsAttentionAsync(Actor actor, int take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return
        [
            .. await ExportUsersGoneAsync(db, take, cancellationToken),
            .. await BrokenConnectionsAsync(db, take, cancellationToken),
            .. await WaitingForApprovalAsync(db, take, cancellationToken),
            .. await FailedAsync(db, take, cancellationToken),
            .. await ColumnAttention.ReadAsync(db, take, cancellationToken),
            .. await OverCapAsync(db, take, cancellationToken),
            .. await MissedAsync(db, take, cancellationToken),
            .. await DetachedAsync(db, take, cancellationToken),
            .. await OldSourcesAsync(db, take, cancellationToken),
        ];
    }

    /// <summary>Returns the runs in progress, in the order they were requested, without those that wait for approval.</summary>
    public async Task<IReadOnlyList<RunRow>> RunningNowAsync(Actor actor, int take, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var open = RunStates.In(RunPhase.Waiting, RunPhase.Working);
        return await RunRows.ReadAsync(
            db,
            actor,
            db.Set<Run>().AsNoTracking().Where(run => open.Contains(run.State)).OrderBy(run => run.Id).Take(take),
            cancellationToken
        );
    }

    /// <summary>Returns the next scheduled starts, soonest first: exports with their own schedules, and the system refresh.</summary>
    public async Task<IReadOnlyList<NextRun>> NextRunsAsync(Actor actor, int take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var exports = await db.Set<Export>()
            .Where(export => export.NextRunAt != null && export.ConnectionId != null)
            .OrderBy(export => export.NextRunAt)
            .Take(take)
            .Select(export => new NextRun(export.Id, export.Name, export.NextRunAt!.Value))
            .ToListAsync(cancellationToken);
        var refreshes = await db.Set<RefreshPlan>()
            .Where(plan => plan.IsOn && plan.NextAt != null)
            .Select(plan => new NextRun(null, null, plan.NextAt!.Value))
            .ToListAsync(cancellationToken);
        return [.. exports.Concat(refreshes).OrderBy(next => next.At).Take(take)];
    }

    /// <summary>Returns the totals of the last seven days in UTC, the oldest day first. Days without runs have zeros.</summary>
    public async Task<IReadOnlyList<DayTotal>> LastSevenDaysAsync(Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var week = Week.Until(clock.GetUtcNow());
        var totals = await week.Of(db.Set<Run>())
            .GroupBy(run => run.Day)
            .Select(day => new
            {
                day.Key,
                Runs = day.Count(),
                Failed = day.Sum(run => run.State == RunState.FailedPermanent ? 1 : 0),
                Accepted = day.Sum(run => run.Accepted),
                Refused = day.Sum(run => run.Refused),
            })
            .ToDictionaryAsync(day => day.Key, cancellationToken);
        return
        [
            .. week.Days.Select(
                (day, index) =>
                    totals.TryGetValue(index, out var total)
                        ? new DayTotal(day, total.Runs, total.Failed, total.Accepted, total.Refused)
                        : new DayTotal(day, 0, 0, 0, 0)
            ),
        ];
    }

    private static async Task<IEnumerable<Attention>> WaitingForApprovalAsync(AppDb db, int take, CancellationToken cancellationToken)
    {
        var waiting = await db.Set<Run>()
            .Where(run => run.State == RunState.NeedsApproval)
            .OrderBy(run => run.Id)
            .Take(take)
            .Select(run => new
            {
                run.Id,
                run.ExportId,
                Name = db.Set<Export>().Where(export => export.Id == run.ExportId).Select(export => export.Name).First(),
                run.ApprovalAskedAt,
                run.Outcome,
            })
            .ToListAsync(cancellationToken);
        return waiting.Select(run => new Attention(
            AttentionKind.NeedsApproval,
            run.ExportId,
            null,
            run.Name,
            run.Id,
            run.ApprovalAskedAt,
            run.Outcome
        ));
    }

    private static async Task<IEnumerable<Attention>> FailedAsync(AppDb db, int take, CancellationToken cancellationToken)
    {
        var failed = await db.Set<Export>()
            .WhereLatestRunIs(db, RunState.FailedPermanent, RunState.FailedRetrying)
            .WithLatestRun(db)
            .OrderByDescending(row => row.Latest!.Id)
            .Take(take)
            .Select(row => new
            {
                row.Export.Id,
                row.Export.Name,
                RunId = row.Latest!.Id,
                At = row.Latest.FinishedAt ?? row.Latest.RetryAt,
                row.Latest.Outcome,
                row.Latest.OutcomeKind,
            })
            .ToListAsync(cancellationToken);
        return failed.Select(row => new Attention(
            row.OutcomeKind == RunOutcomeKind.OverCap ? AttentionKind.OverCap : AttentionKind.Failed,
            row.Id,
            null,
            row.Name,
            row.RunId,
            row.At,
            row.Outcome
        ));
    }

    /// <summary>
    /// Exports that will exceed the cap according to the last count of their segments, and whose latest run has not failed permanently.
    /// </summary>
    private async Task<IEnumerable<Attention>> OverCapAsync(AppDb db, int take, CancellationToken cancellationToken)
    {
        var max = cap.Of(null, null).Max;
        var over = await db.Set<Export>()
            .WithLatestRun(db)
            .Where(row =>
                !row.Export.ExcludedSegments.Any()
                && row.Export.Segments.Any(segment => segment.MemberCount > (row.Export.Connection!.MaxProfilesPerExport ?? max))
                && (row.Latest == null || row.Latest.State != RunState.FailedPermanent)
            )
            .OrderBy(row => row.Export.Name)
            .Take(take)
            .Select(row => new
            {
                row.Export.Id,
                row.Export.Name,
                Members = row.Export.Segments.Max(segment => segment.MemberCount),
                row.Export.Connection!.MaxProfilesPerExport,
                Connection = row.Export.Connection!.Name,
            })
            .ToListAsync(cancellationToken);
        return over.Select(row => new Attention(
            AttentionKind.OverCap,
            row.Id,
            null,
            row.Name,
            null,
            null,
            cap.Of(row.MaxProfilesPerExport, row.Connection).MessageFor(row.Members!.Value)
        ));
    }

    private static async Task<IEnumerable<Attention>> MissedAsync(AppDb db, int take, CancellationToken cancellationToken) =>
        await db.Set<Export>()
            .Where(export => export.MissedAt != null && export.ConnectionId != null)
            .OrderBy(export => export.Name)
            .Take(take)
            .Select(export => new Attention(AttentionKind.Missed, export.Id, null, export.Name, null, export.MissedAt, null))
            .ToListAsync(cancellationToken);

    private static async Task<IEnumerable<Attention>> DetachedAsync(AppDb db, int take, CancellationToken cancellationToken)
    {
        var detached = await db.Set<Export>()
            .Where(export => export.ConnectionId == null)
            .OrderBy(export => export.Name)
            .Select(export => new
            {
                export.Id,
                export.Name,
                export.Schedule,
            })
            .ToListAsync(cancellationToken);
        return detached
            .Where(export => export.Schedule.IsOn)
            .Take(take)
            .Select(export => new Attention(
                AttentionKind.NoConnection,
                export.Id,
                null,
                export.Name,
                null,
                null,
                new LocalizedMessage("Delivery.NoConnection")
            ));
    }

    private async Task<IEnumerable<Attention>> OldSourcesAsync(AppDb db, int take, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return (await FreshnessReader.ReadAsync(db, cancellationToken))
            .Where(source => source.Value.AgeAt(now) != DataAge.Fresh)
            .OrderBy(source => source.Value.Source, StringComparer.Ordinal)
            .Take(take)
            .Select(source => new Attention(
                AttentionKind.SourceOld,
                null,
                null,
                source.Value.Source,
                null,
                null,
                source.Value.StopAt(now) ?? source.Value.WarningAt(now)
            )
            {
                SourceId = source.Key,
            });
    }

    private static async Task<IEnumerable<Attention>> BrokenConnectionsAsync(AppDb db, int take, CancellationToken cancellationToken) =>
        await db.Set<Connection>()
            .Where(connection => connection.LastError != null)
            .OrderBy(connection => connection.Name)
            .Take(take)
            .Select(connection => new Attention(
                AttentionKind.ConnectionBroken,
                null,
                connection.Id,
                connection.Name,
                null,
                null,
                connection.LastError
            ))
            .ToListAsync(cancellationToken);

    private static async Task<IEnumerable<Attention>> ExportUsersGoneAsync(AppDb db, int take, CancellationToken cancellationToken)
    {
        var administrators = db.Set<AppUser>().Administrators();
        var gone = await db.Set<Connection>()
            .Where(connection => !administrators.Any(user => user.Id == connection.ExportUserId))
            .OrderBy(connection => connection.Name)
            .Take(take)
            .Select(connection => new
            {
                connection.Id,
                connection.Name,
                connection.ExportUserId,
                connection.ExportUserName,
            })
            .ToListAsync(cancellationToken);
        return gone.Select(connection => new Attention(
            AttentionKind.ExportUserGone,
            null,
            connection.Id,
            connection.Name,
            null,
            null,
            connection.ExportUserId is null
                ? new LocalizedMessage("Delivery.ExportUserMissing", connection.Name)
                : new LocalizedMessage("Delivery.ExportUserGone", connection.ExportUserName, connection.Name)
        ));
    }
}
