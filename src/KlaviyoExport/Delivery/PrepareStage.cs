using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Reads the members once and writes them to batches. The result is valid only when the ledger is stored at the end of the stage. After
/// an interruption the stage starts again and first deletes what the interrupted attempt has left.
/// </summary>
internal sealed class PrepareStage(
    IDbContextFactory<AppDb> stores,
    SegmentReader segments,
    MemberPass members,
    EmailHashes hashes,
    Memberships memberships,
    SecretProtector secrets,
    ExportUserCheck exportUser,
    ApprovalGuard approval,
    FirstMirrorRun firstMirror,
    RunJournal journal,
    ProfileCap cap
)
{
    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        await exportUser.DemandAsync(run.Export.Id, cancellationToken);
        await DiscardAsync(run.Claim, cancellationToken);
        // Counting the members of a large source takes time and is part of the work.
        await journal.EnterAsync(run.Claim, Stage.Prepare, null, cancellationToken);
        var total = await segments.CountAsync(run.Export.Source!, run.Export.Selection, cancellationToken);
        var progress = journal.Progress(run.Claim, total);

        using var hasher = await hashes.LoadAsync(cancellationToken);
        var others = await OthersAsync(run.Export.Id, cancellationToken);
        var known = await memberships.LoadAsync(run.Export.Id, others, cancellationToken);
        (run.KnewNobody, run.LeftOut) = (known.IsEmpty, known.RemovedByHand);
        using var mapping = new ProfileMapping(run.Export);
        var limit = cap.Of(run.Export.Connection);
        var sendsUnchanged = run.SyncMode == SyncMode.Full || run.Of.SendsEverything;
        var sorter = MemberSorter.Of(run.Export, hasher, known, mapping, limit.Max, sendsUnchanged);
        var batches = new BatchWriter(stores, secrets, run.Claim, run.ListId);
        var rejections = new RejectionWriter(stores, secrets, run.Claim);
        var retried = await RetriedAsync(run.RunId, cancellationToken);
        var scope = new PassScope(run.Export, run.ListId, run.Credential) { Takes = retried is null ? null : retried.Take };
        var read = 0L;

        await foreach (var (row, rejection) in members.ReadAsync(scope, sorter, cancellationToken))
        {
            await progress.ReportAsync(++read, cancellationToken);
            if (rejection is not null)
                await rejections.AddAsync(rejection, cancellationToken);
            else if (row is not null && !sorter.IsOverCap)
                await batches.AddAsync(row, cancellationToken);
        }

        await rejections.FlushAsync(cancellationToken);
        if (sorter.IsOverCap)
            await RefuseOverCapAsync(run, sorter, cancellationToken);
        await batches.FlushAsync(cancellationToken);
        await FinishAsync(run, sorter, retried, others, cancellationToken);
    }

    /// <summary>Deletes everything that a run has prepared so far.</summary>
    private async Task DiscardAsync(RunClaim claim, CancellationToken cancellationToken)
    {
        var runId = claim.RunId;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await claim.BeginAsync(db, cancellationToken);
        await db.Set<Batch>().Where(batch => batch.RunId == runId).ExecuteDeleteAsync(cancellationToken);
        await db.Set<Rejection>().Where(rejection => rejection.RunId == runId).ExecuteDeleteAsync(cancellationToken);
        await db.Set<FieldOutcome>().Where(outcome => outcome.RunId == runId).ExecuteDeleteAsync(cancellationToken);
        var run = await db.Set<Run>().SingleAsync(run => run.Id == runId, cancellationToken);
        run.Ledger = new Ledger();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<RetriedProfiles?> RetriedAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await RetriedProfiles.ReadAsync(db, runId, cancellationToken);
    }

    private async Task RefuseOverCapAsync(StageContext run, MemberSorter sorter, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        // The batches written before the cap was exceeded will never be sent. The ledger counts their profiles.
        await db.Set<Batch>().Where(batch => batch.RunId == run.RunId).ExecuteDeleteAsync(cancellationToken);
        (await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken)).Ledger = sorter.Ledger;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        throw new RunFailedException(cap.Of(run.Export.Connection).OutcomeFor(sorter.Deliverable));
    }

    private async Task FinishAsync(
        StageContext run,
        MemberSorter sorter,
        RetriedProfiles? retried,
        IReadOnlyList<int> others,
        CancellationToken cancellationToken
    )
    {
        // A run that reads only some of the members cannot tell which members have left.
        var mirrors = run.SyncMode == SyncMode.Mirror && retried is null;
        if (mirrors && sorter.WouldEmptyList)
            throw new RunFailedException(RunOutcome.WouldEmptyList(sorter.Ledger));

        var strangers = mirrors ? await firstMirror.CountAsync(run, sorter, others, cancellationToken) : null;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        if (retried is null)
            await MarkLeavingAsync(db, run, sorter, others, cancellationToken);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        stored.Ledger = sorter.Ledger;
        await sorter.Fields.AddToAsync(db, run.RunId, cancellationToken);
        stored.Strangers = strangers?.Strangers;
        if (retried?.LeftOut is { } leftOut)
            journal.Add(db, run.RunId, leftOut);
        if (run.Of.SendsEverything)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SendsEverything"));
        if (strangers is { } found)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.MirrorStrangers", found.Strangers, found.Members));
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.PreparedCount", sorter.Ledger.Members, sorter.Ledger.Prepared));
        await approval.HoldUpAsync(db, stored, run.Export.ListRules, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Ordinary runs of every mode end the export's hold on those who have left. Mirror runs also take them off the list.
    /// </summary>
    private static async Task MarkLeavingAsync(
        AppDb db,
        StageContext run,
        MemberSorter sorter,
        IReadOnlyList<int> others,
        CancellationToken cancellationToken
    )
    {
        var leaving = await Memberships.MarkLeavingAsync(db, run.Export.Id, run.RunId, sorter.Leaving, cancellationToken);
        if (run.SyncMode != SyncMode.Mirror)
            return;
        sorter.Ledger.Leaving = leaving;
        sorter.Ledger.KeptForOthers = await Memberships.CountSharedAsync(db, run.RunId, others, cancellationToken);
    }

    private async Task<IReadOnlyList<int>> OthersAsync(int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return (await ExportsToList.OthersAsync(db, exportId, cancellationToken)).ConvertAll(export => export.Id);
    }
}
