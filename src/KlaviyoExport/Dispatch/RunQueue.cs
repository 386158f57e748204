using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>Stores the runs that people request, and hands them to the scheduler.</summary>
internal sealed class RunQueue(IDbContextFactory<AppDb> stores, RunScheduler scheduler, ChangeFeed changes, Audit audit, TimeProvider clock)
{
    /// <summary>
    /// Checks each export and queues its run in one transaction, so that the result of the check is still true when the run is stored.
    /// </summary>
    /// <param name="actor">The person who requests the runs.</param>
    /// <param name="exportIds">The exports to run. Null for all exports.</param>
    /// <param name="admit">Returns the reason to leave out an export, or null to queue its run.</param>
    /// <param name="cancellationToken">Cancels the call. No run is queued if it is canceled before the transaction commits.</param>
    /// <param name="sendsEverything">Whether the runs send all members, changed or not.</param>
    /// <returns>A result for each export that exists, ordered by name.</returns>
    public async Task<IReadOnlyList<QueueAnswer>> AddAsync(
        Actor actor,
        IReadOnlyCollection<int>? exportIds,
        Func<QueueCandidate, LocalizedMessage?> admit,
        CancellationToken cancellationToken,
        bool sendsEverything = false
    )
    {
        try
        {
            return await TryAddAsync(actor, exportIds, admit, cancellationToken, sendsEverything);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // The store does not accept a second active run of an export. Another process was faster: try again and find its run.
            return await TryAddAsync(actor, exportIds, admit, cancellationToken, sendsEverything);
        }
    }

    private async Task<IReadOnlyList<QueueAnswer>> TryAddAsync(
        Actor actor,
        IReadOnlyCollection<int>? exportIds,
        Func<QueueCandidate, LocalizedMessage?> admit,
        CancellationToken cancellationToken,
        bool sendsEverything = false
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        var answers = new List<(QueueCandidate Export, Run? Run, LocalizedMessage? Refusal, bool MayRun)>();
        foreach (var export in await CandidatesAsync(db, exportIds, cancellationToken))
        {
            var mayRun = access.MayRun(export.ConnectionId);
            var refusal = mayRun ? admit(export) : new LocalizedMessage("Delivery.MayNotRun");
            refusal ??= export.AccountId is null ? new LocalizedMessage("Delivery.NoConnection") : null;
            answers.Add(
                (export, refusal is null && export.ActiveRunId is null ? Add(db, actor, export, sendsEverything) : null, refusal, mayRun)
            );
        }
        await db.SaveChangesAsync(cancellationToken);
        var started = answers.Where(answer => answer.Run is not null).Select(answer => answer.Export.Id).ToList();
        await db.Set<Export>()
            .Where(export => started.Contains(export.Id) && export.MissedAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, (DateTimeOffset?)null), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        // The runs are stored. Schedule them even if the caller cancels. Otherwise they would wait for the next application start.
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

    /// <summary>Returns a message when the existing run waits for approval, otherwise null.</summary>
    private static LocalizedMessage? WhyNotNew(QueueCandidate export) =>
        export.NeedsApproval ? new LocalizedMessage("Delivery.ActiveNeedsApproval", export.ActiveRunId) : null;

    private Run Add(AppDb db, Actor actor, QueueCandidate export, bool sendsEverything)
    {
        audit.Add(db, actor, sendsEverything ? "Exports.EverythingSent" : "Exports.RunStarted", export.Name, export.Id);
        var run = Run.Queue(export.Target, actor.Name, clock.GetUtcNow());
        run.SendsEverything = sendsEverything;
        return db.Set<Run>().Add(run).Entity;
    }

    /// <summary>Reads exports with their active runs, ordered by name.</summary>
    /// <param name="exportIds">The exports to read. Null for all exports.</param>
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

/// <summary>The data of an export that decides whether a run of it is queued.</summary>
/// <param name="AccountId">The id of the Klaviyo account. Null when the export has no connection.</param>
/// <param name="ActiveRunId">The run that is in progress or waits for approval. Null when there is none.</param>
/// <param name="NeedsApproval">Whether the active run waits for approval.</param>
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
    /// <summary>The target of a run of the export. Valid only when the export has a connection.</summary>
    public RunTarget Target => new(Id, AccountId!, ListId, SyncMode);
}

/// <summary>The result of a request to run an export.</summary>
/// <param name="RunId">The new run, or else the active run. Null when there is neither.</param>
/// <param name="IsNew">Whether a new run was queued.</param>
/// <param name="Refusal">Why the export was left out, or that its active run waits for approval. Otherwise null.</param>
/// <param name="MayRun">Whether the actor may run the export.</param>
internal sealed record QueueAnswer(int ExportId, string Name, int? RunId, bool IsNew, LocalizedMessage? Refusal, bool MayRun);
