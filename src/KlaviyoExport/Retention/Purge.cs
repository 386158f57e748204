using KlaviyoExport.Alerts;
using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Retention;

/// <summary>
/// Deletes rejections, list differences, removed members, runs, counts of segments, alerts, audit entries and responses of the API whose
/// retention period has ended, and payloads that remain after the end of a run. Deletes at most a thousand rejections or differences at
/// a time, so that other writers of the store do not wait long. After an interruption, the next call continues.
/// </summary>
internal sealed class Purge(
    IDbContextFactory<AppDb> stores,
    AuditPruning audit,
    IOptions<RetentionOptions> options,
    TimeProvider clock,
    ILogger<Purge> logger
)
{
    private static readonly RunState[] Delivered = RunStates.In(RunPhase.Delivered);

    private const int Chunk = 1_000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var payloads = await PayloadsAsync(db, cancellationToken);
        var rejections =
            await RejectionsAsync(db, now - options.Value.Rejections, now, cancellationToken)
            + await DifferencesAsync(db, now - options.Value.Rejections, cancellationToken)
            + await RemovedMembersAsync(db, now - options.Value.Rejections, cancellationToken);
        await ExamplesAsync(db, now - options.Value.Rejections, cancellationToken);
        var runs = await RunsAsync(db, now - options.Value.Runs, cancellationToken);
        var oldest = DateOnly.FromDateTime((now - options.Value.SegmentCounts).UtcDateTime);
        await db.Set<SegmentCount>().Where(count => count.Day < oldest).ExecuteDeleteAsync(cancellationToken);
        await AlertsAsync(db, now - options.Value.Alerts, cancellationToken);
        var answered = now - ApiRequests.Lifetime;
        await db.Set<ApiRequest>().Where(request => request.At <= answered).ExecuteDeleteAsync(cancellationToken);
        await SignInsAsync(db, now, cancellationToken);
        // Whole days, so that the removal writes at most one entry a day.
        if (options.Value.Audit is { } kept)
            await audit.PruneAsync(new DateTimeOffset((now - kept).UtcDateTime.Date, TimeSpan.Zero), cancellationToken);
        if (rejections > 0 || runs > 0 || payloads > 0)
            Log.Purged(logger, rejections, runs, payloads);
    }

    /// <summary>Sessions and counts of wrong passwords that are over.</summary>
    private static async Task SignInsAsync(AppDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = Sessions.Open(db, now);
        await db.Set<Session>().Where(session => !open.Contains(session)).ExecuteDeleteAsync(cancellationToken);
        await db.Set<SignInFailure>().Where(failure => failure.EndsAt < now).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Messages that wait to be sent are kept, with their alerts.</summary>
    private static async Task AlertsAsync(AppDb db, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await db.Set<OutboxMessage>()
            .Where(message => message.SentAt < before || message.GaveUpAt < before)
            .ExecuteDeleteAsync(cancellationToken);
        await db.Set<RaisedAlert>()
            .Where(alert => alert.At < before && !db.Set<OutboxAlert>().Any(content => content.AlertId == alert.Id))
            .ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>The end of a run deletes its payloads. This deletes payloads that remain after a run ended in another way.</summary>
    private static async Task<int> PayloadsAsync(AppDb db, CancellationToken cancellationToken)
    {
        var left = db.Set<BatchPayload>()
            .Where(payload =>
                db.Set<Batch>()
                    .Any(batch =>
                        batch.Id == payload.BatchId && db.Set<Run>().Any(run => run.Id == batch.RunId && run.ActiveExportId == null)
                    )
            );
        var (deleted, ids) = (0, new List<long>());
        while (
            (
                ids = await left.OrderBy(payload => payload.BatchId)
                    .Take(10)
                    .Select(payload => payload.BatchId)
                    .ToListAsync(cancellationToken)
            ).Count > 0
        )
            deleted += await db.Set<BatchPayload>().Where(payload => ids.Contains(payload.BatchId)).ExecuteDeleteAsync(cancellationToken);
        return deleted;
    }

    private static async Task<long> RejectionsAsync(
        AppDb db,
        DateTimeOffset before,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var deleted = 0L;
        // A retry in progress still needs the rejections of the run that it retries.
        var over = await db.Set<Run>()
            .Where(run =>
                run.ActiveExportId == null
                && run.FinishedAt < before
                && db.Set<Rejection>().Any(rejection => rejection.RunId == run.Id)
                && !db.Set<Run>().Any(other => other.RetriesRunId == run.Id && other.ActiveExportId != null)
            )
            .Select(run => run.Id)
            .ToListAsync(cancellationToken);
        foreach (var runId in over)
        {
            // Mark the run before deleting, so that an incomplete set of rejections is never shown as complete.
            await db.Set<Run>()
                .Where(run => run.Id == runId && run.RejectionsPurgedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(run => run.RejectionsPurgedAt, now), cancellationToken);
            deleted += await RejectionsOfAsync(db, runId, cancellationToken);
        }
        return deleted;
    }

    private static async Task<long> RejectionsOfAsync(AppDb db, int runId, CancellationToken cancellationToken)
    {
        var (deleted, last) = (0L, 0);
        do
        {
            var ids = await db.Set<Rejection>()
                .Where(rejection => rejection.RunId == runId)
                .OrderBy(rejection => rejection.Id)
                .Take(Chunk)
                .Select(rejection => rejection.Id)
                .ToListAsync(cancellationToken);
            var (from, to) = (ids.FirstOrDefault(), ids.LastOrDefault());
            last = await db.Set<Rejection>()
                .Where(rejection => rejection.RunId == runId && rejection.Id >= from && rejection.Id <= to)
                .ExecuteDeleteAsync(cancellationToken);
            deleted += last;
        } while (last > 0);
        return deleted;
    }

    /// <summary>Deletes the keys of the profiles whose values a run did not send. The numbers are kept with the run.</summary>
    private static Task<int> ExamplesAsync(AppDb db, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var none = new List<FieldExample>();
        return db.Set<FieldOutcome>()
            .Where(outcome => outcome.Examples != none)
            .Where(outcome => db.Set<Run>().Any(run => run.Id == outcome.RunId && run.ActiveExportId == null && run.FinishedAt < before))
            .ExecuteUpdateAsync(set => set.SetProperty(outcome => outcome.Examples, none), cancellationToken);
    }

    private static async Task<long> DifferencesAsync(AppDb db, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        var over = await db.Set<ListCheck>()
            .Where(check => check.FinishedAt < before && db.Set<ListDifference>().Any(difference => difference.CheckId == check.Id))
            .Select(check => check.Id)
            .ToListAsync(cancellationToken);
        foreach (var checkId in over)
            deleted += await ListDifferences.DeleteAsync(db, checkId, cancellationToken);
        return deleted;
    }

    /// <summary>After this, the runs can no longer be undone.</summary>
    private static async Task<long> RemovedMembersAsync(AppDb db, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var over = db.Set<RemovedMember>()
            .Where(removed =>
                db.Set<Run>()
                    .Any(run =>
                        run.Id == removed.RunId
                        && run.ActiveExportId == null
                        && run.FinishedAt < before
                        && !db.Set<Run>().Any(other => other.UndoesRunId == run.Id && other.ActiveExportId != null)
                    )
            );
        var (deleted, last) = (0L, 0);
        do
        {
            var next = await over.OrderBy(removed => removed.RunId)
                .ThenBy(removed => removed.EmailHash)
                .Take(Chunk)
                .Select(removed => new { removed.RunId, removed.EmailHash })
                .ToListAsync(cancellationToken);
            last = 0;
            foreach (var run in next.GroupBy(removed => removed.RunId, removed => removed.EmailHash))
            {
                var hashes = run.ToList();
                last += await over.Where(removed => removed.RunId == run.Key && hashes.Contains(removed.EmailHash))
                    .ExecuteDeleteAsync(cancellationToken);
            }
            deleted += last;
        } while (last > 0);
        return deleted;
    }

    /// <summary>
    /// Deletes old runs. Keeps these runs of each export: the latest one, the latest successful one, and the successful one with which
    /// new runs are compared.
    /// </summary>
    private static async Task<int> RunsAsync(AppDb db, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var well = db.Set<Run>().Where(run => Delivered.Contains(run.State));
        var over = await db.Set<Run>()
            .Where(run =>
                run.ActiveExportId == null
                && run.FinishedAt < before
                && db.Set<Run>().Any(later => later.ExportId == run.ExportId && later.Id > run.Id)
                && !db.Set<Run>().Any(other => other.RetriesRunId == run.Id && other.ActiveExportId != null)
                && run.Id != (well.Where(other => other.ExportId == run.ExportId).Max(other => (int?)other.Id) ?? 0)
                && run.Id
                    != (
                        well.Where(other =>
                                other.ExportId == run.ExportId
                                && other.RetriesRunId == null
                                && other.Ledger.Prepared + other.Ledger.Unchanged > 0
                            )
                            .Max(other => (int?)other.Id)
                        ?? 0
                    )
            )
            .Select(run => run.Id)
            .ToListAsync(cancellationToken);
        foreach (var runId in over)
        {
            await RejectionsOfAsync(db, runId, cancellationToken);
            foreach (
                var checkId in await db.Set<ListCheck>()
                    .Where(check => check.RunId == runId)
                    .Select(check => check.Id)
                    .ToListAsync(cancellationToken)
            )
                await ListDifferences.DeleteAsync(db, checkId, cancellationToken);
            // The remaining rows of the run are few. The database deletes them with the run.
            await db.Set<Run>().Where(run => run.Id == runId && run.ActiveExportId == null).ExecuteDeleteAsync(cancellationToken);
        }
        return over.Count;
    }
}
