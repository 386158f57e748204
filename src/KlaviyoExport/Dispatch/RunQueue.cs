using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>Puts runs that people ask for into the store and hands them to the scheduler.</summary>
internal sealed class RunQueue(IDbContextFactory<AppDb> stores, RunScheduler scheduler, ChangeFeed changes, Audit audit, TimeProvider clock)
{
    /// <summary>
    /// Looks at each export and queues its run in one transaction: what is decided about it is still so when the run is in the store.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="exportIds">Null: all exports.</param>
    /// <param name="admit">Says why an export is left out, or null.</param>
    /// <param name="cancellationToken">Nothing is queued then.</param>
    /// <returns>An answer for each export there is, by name.</returns>
    public async Task<IReadOnlyList<QueueAnswer>> AddAsync(
        Actor actor,
        IReadOnlyCollection<int>? exportIds,
        Func<QueueCandidate, LocalizedMessage?> admit,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await TryAddAsync(actor, exportIds, admit, cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // The store keeps a second run of an export out: another process was quicker, and now its run is found.
            return await TryAddAsync(actor, exportIds, admit, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<QueueAnswer>> TryAddAsync(
        Actor actor,
        IReadOnlyCollection<int>? exportIds,
        Func<QueueCandidate, LocalizedMessage?> admit,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginAloneAsync(cancellationToken);
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        var answers = new List<(QueueCandidate Export, Run? Run, LocalizedMessage? Refusal, bool MayRun)>();
        foreach (var export in await CandidatesAsync(db, exportIds, cancellationToken))
        {
            var mayRun = access.MayRun(export.ConnectionId);
            var refusal = mayRun ? admit(export) : new LocalizedMessage("Delivery.MayNotRun");
            refusal ??= export.AccountId is null ? new LocalizedMessage("Delivery.NoConnection") : null;
            answers.Add((export, refusal is null && export.ActiveRunId is null ? Add(db, actor, export) : null, refusal, mayRun));
        }
        await db.SaveChangesAsync(cancellationToken);
        var started = answers.Where(answer => answer.Run is not null).Select(answer => answer.Export.Id).ToList();
        await db.Set<Export>()
            .Where(export => started.Contains(export.Id) && export.MissedAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, (DateTimeOffset?)null), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        // The runs are in the store: whoever asked may leave, they must not wait for a restart.
        foreach (var run in answers.Select(answer => answer.Run).OfType<Run>())
        {
            await scheduler.ScheduleAsync(run.Id, run.AccountId, at: null, CancellationToken.None);
            changes.Raise(run.Id);
        }
        return answers.ConvertAll(answer => new QueueAnswer(
            answer.Export.Id,
            answer.Export.Name,
            answer.Run?.Id ?? answer.Export.ActiveRunId,
            answer.Run is not null,
            answer.Refusal ?? WhyNotNew(answer.Export),
            answer.MayRun
        ));
    }

    /// <summary>What is said of the run that is there already, where that is not simply under way.</summary>
    private static LocalizedMessage? WhyNotNew(QueueCandidate export) =>
        export.NeedsApproval ? new LocalizedMessage("Delivery.ActiveNeedsApproval", export.ActiveRunId) : null;

    private Run Add(AppDb db, Actor actor, QueueCandidate export)
    {
        audit.Add(db, actor, "Exports.RunStarted", export.Name, export.Id);
        return db.Set<Run>().Add(Run.Queue(export.Target, actor.Name, clock.GetUtcNow())).Entity;
    }

    public static Task<List<QueueCandidate>> CandidatesAsync(
        AppDb db,
        IReadOnlyCollection<int>? exportIds,
        CancellationToken cancellationToken
    ) =>
        db.Set<Export>()
            .Where(export => exportIds == null || exportIds.Contains(export.Id))
            .OrderBy(export => export.Name)
            .Select(export => new QueueCandidate(
                export.Id,
                export.Name,
                export.ConnectionId,
                export.Connection!.AccountId,
                export.ListId,
                export.SyncMode,
                export.Schedule,
                db.Set<Run>().Where(run => run.ActiveExportId == export.Id).Select(run => (int?)run.Id).FirstOrDefault(),
                db.Set<Run>().Any(run => run.ActiveExportId == export.Id && run.State == RunState.NeedsApproval)
            ))
            .ToListAsync(cancellationToken);
}

/// <summary>An export as it stands when a run of it is asked for.</summary>
/// <param name="AccountId">Null: no connection.</param>
/// <param name="ActiveRunId">The run under way.</param>
/// <param name="NeedsApproval">That run waits for somebody's approval.</param>
internal sealed record QueueCandidate(
    int Id,
    string Name,
    int? ConnectionId,
    string? AccountId,
    string ListId,
    SyncMode SyncMode,
    ExportSchedule Schedule,
    int? ActiveRunId,
    bool NeedsApproval
)
{
    /// <summary>What a run of it would send where; only with a connection.</summary>
    public RunTarget Target => new(Id, AccountId!, ListId, SyncMode);
}

/// <param name="RunId">The new run, or the one under way; null when there is neither.</param>
/// <param name="Refusal">Why it was left out, or why the run there already has not gone on.</param>
/// <param name="MayRun">Whether the actor may run it at all.</param>
internal sealed record QueueAnswer(int ExportId, string Name, int? RunId, bool IsNew, LocalizedMessage? Refusal, bool MayRun);
