using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Reads runs for lists and pages. Every signed-in person may read them.</summary>
public sealed class RunQueries
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly ApprovalGuard _guard;
    private readonly TimeProvider _clock;

    internal RunQueries(IDbContextFactory<AppDb> stores, ApprovalGuard guard, TimeProvider clock) =>
        (_stores, _guard, _clock) = (stores, guard, clock);

    /// <summary>Returns a run with its batches, timeline and counts of rejections.</summary>
    /// <exception cref="LocalizedException">The run does not exist.</exception>
    public async Task<RunView> GetAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var found =
            await db.Set<Run>()
                .AsNoTracking()
                .Where(run => run.Id == runId)
                .Join(
                    db.Set<Export>(),
                    run => run.ExportId,
                    export => export.Id,
                    (run, export) =>
                        new
                        {
                            Run = run,
                            export.Name,
                            export.ListName,
                            export.ConnectionId,
                            Owner = export.CreatedBy,
                            export.OwnerId,
                        }
                )
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        var run = RunFacts.Of(found.Run);
        var reasons = await db.Set<Rejection>()
            .Where(rejection => rejection.RunId == runId)
            .GroupBy(rejection => rejection.Reason)
            .Select(group => new ReasonCount(group.Key, group.Count()))
            .ToListAsync(cancellationToken);
        var batches = (
            await db.Set<Batch>()
                .AsNoTracking()
                .Where(batch => batch.RunId == runId)
                .OrderBy(batch => batch.Number)
                .ToListAsync(cancellationToken)
        ).ConvertAll(BatchFacts.Of);
        var fields = await db.Set<FieldOutcome>()
            .AsNoTracking()
            .Where(outcome => outcome.RunId == runId)
            .OrderByDescending(outcome => outcome.Count)
            .ThenBy(outcome => outcome.Id)
            .ToListAsync(cancellationToken);
        var timeline = await db.Set<RunEvent>()
            .Where(line => line.RunId == runId)
            .OrderBy(line => line.Id)
            .Select(line => new TimelineLine(line.Id, line.At, line.What))
            .ToListAsync(cancellationToken);
        var permissions = (await ExportAccess.ReadAsync(db, actor, cancellationToken)).To(found.ConnectionId);
        var now = _clock.GetUtcNow();
        var steps = RunSteps.Of(run, batches, now);
        var undoRefusal = permissions.MayRun ? await UndoRule.RefusalAsync(db, found.Run, null, cancellationToken) : null;
        return new RunView(
            run,
            found.Name,
            found.ListName,
            batches,
            [.. reasons.OrderByDescending(reason => reason.Count)],
            timeline,
            permissions
        )
        {
            Fields = fields.ConvertAll(one => new FieldOutcomeFacts(one.Attribute, one.Effect, one.Count, one.Examples)),
            Steps = steps,
            Pace = RunPace.Of(run, batches, now),
            TimeLeft = TimeLeft.Of(run, steps, batches),
            WaitsFor =
                WaitReason.Of(run, now)
                ?? (
                    await RunWaiting.ForAsync(db, [new(run.Id, run.AccountId, run.State, run.RetryAt)], cancellationToken)
                ).GetValueOrDefault(run.Id),
            Approval = await ApprovalOfAsync(
                db,
                found.Run,
                RunApprovals.MayDecide(actor, found.OwnerId, permissions.MayRun),
                found.Owner,
                cancellationToken
            ),
            RetriedByRunId = await db.Set<Run>()
                .Where(other => other.RetriesRunId == runId)
                .MaxAsync(other => (int?)other.Id, cancellationToken),
            RetriesRunGone =
                run.RetriesRunId is { } retried && !await db.Set<Run>().AnyAsync(other => other.Id == retried, cancellationToken),
            MayUndo = permissions.MayRun && undoRefusal is null,
            UndoRefusal = undoRefusal,
            UndoneByRunId = await db.Set<Run>()
                .Where(other => other.UndoesRunId == runId)
                .MaxAsync(other => (int?)other.Id, cancellationToken),
            MayRetryRejected =
                permissions.MayRun
                && run.State.IsFinal()
                && run.RejectionsPurgedAt is null
                && reasons.Exists(reason => RetryScope.Retriable.Contains(reason.Reason)),
        };
    }

    private async Task<ApprovalView?> ApprovalOfAsync(AppDb db, Run run, bool mayDecide, string owner, CancellationToken cancellationToken)
    {
        if (run is not { State: RunState.NeedsApproval, ApprovalAskedAt: { } asked })
            return null;
        var last = await ApprovalGuard.LastAsync(db, run, cancellationToken);
        return new ApprovalView(
            last?.RunId,
            last?.Deliverable ?? 0,
            run.Ledger.Prepared + run.Ledger.Unchanged,
            run.SyncMode == SyncMode.Mirror ? run.Ledger.Leaving - run.Ledger.KeptForOthers : null,
            owner,
            _guard.LapsesAt(asked),
            mayDecide
        );
    }

    /// <summary>Returns one page of runs, of one export or of all exports, newest first.</summary>
    public async Task<RunPage> PageAsync(Actor actor, RunQuery query, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var runs = db.Set<Run>()
            .AsNoTracking()
            .Where(run => (query.ExportId == null || run.ExportId == query.ExportId) && (query.State == null || run.State == query.State));
        if (query.BeforeId is { } before)
            runs = runs.Where(run => run.Id < before);
        if (CaseFolding.Needle(query.Search) is { } needle)
        {
            // Find the matching exports first: there are few of them, but many runs.
            var exports = await db.Set<Export>()
                .Where(export => CaseFolding.Lower(export.Name).Contains(needle))
                .Select(export => export.Id)
                .ToListAsync(cancellationToken);
            var number = int.TryParse(needle, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
            runs = runs.Where(run => run.Id == number || exports.Contains(run.ExportId));
        }
        var size = Math.Clamp(query.PageSize, 1, RunQuery.LargestPage);
        var skip = (int)Math.Min(int.MaxValue, (Math.Max(1L, query.Page) - 1) * size);
        var rows = await RunRows.ReadAsync(db, actor, runs.OrderByDescending(run => run.Id).Skip(skip).Take(size), cancellationToken);
        return new RunPage(rows, await runs.CountAsync(cancellationToken));
    }

    /// <summary>Returns the latest ended runs of an export for a chart, oldest first.</summary>
    /// <param name="actor">The person who reads the history.</param>
    /// <param name="exportId">The export's id.</param>
    /// <param name="take">The maximum number of runs, from 1 to 200.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<IReadOnlyList<RunPoint>> HistoryAsync(Actor actor, int exportId, int take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var points = await db.Set<Run>()
            .Where(run => run.ExportId == exportId && run.FinishedAt != null)
            .OrderByDescending(run => run.Id)
            .Take(Math.Clamp(take, 1, RunQuery.LargestPage))
            .Select(run => new
            {
                run.Id,
                At = run.FinishedAt!.Value,
                run.State,
                run.Ledger.Accepted,
                run.Ledger.Refused,
                run.StartedAt,
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. points
                .Select(point => new RunPoint(point.Id, point.At, point.State, point.Accepted, point.Refused, point.At - point.StartedAt))
                .Reverse(),
        ];
    }

    /// <summary>
    /// Compares a run with the previous run of the same export. See <see cref="RunChanges.AgainstRunId"/> for the run it is compared with.
    /// </summary>
    /// <returns>Null when there is no previous run, the run has not started, or it sends rejected profiles again or undoes another.</returns>
    /// <exception cref="LocalizedException">The run does not exist.</exception>
    public async Task<RunChanges?> ChangesAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return await RunChanges.ReadAsync(db, actor, runId, cancellationToken);
    }
}
