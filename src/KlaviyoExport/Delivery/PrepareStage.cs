using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Reads the members once and writes them to batches. As soon as nothing can stop the run any more, the batches are sent while further
/// members are read. After an interruption the stage reads all members again: what it had only prepared is deleted, and what may have been
/// sent is kept.
/// </summary>
internal sealed class PrepareStage(
    IDbContextFactory<AppDb> stores,
    SegmentReader segments,
    MemberPass members,
    EmailHashes hashes,
    Memberships memberships,
    SecretProtector secrets,
    ExportUserCheck exportUser,
    FreshnessGuard freshness,
    ColumnGuard columns,
    ApprovalGuard approval,
    FirstMirrorRun firstMirror,
    InterruptedSending interrupted,
    BatchFlows flows,
    RunJournal journal,
    IOptions<DeliveryOptions> options,
    ProfileCap cap
)
{
    private const int ReadBetweenReports = 1_000;

    // How long the results of batches that were sent are waited for when the run fails. Most jobs end in seconds.
    private static readonly TimeSpan LandingTime = TimeSpan.FromMinutes(2);

    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        await exportUser.DemandAsync(run.Export.Id, cancellationToken);
        var kept = await interrupted.KeepAsync(run, cancellationToken);
        // Counting the members of a large source takes time and is part of the work.
        await journal.EnterAsync(run.Claim, Stage.Prepare, null, cancellationToken);
        await columns.DemandAsync(run.Export, cancellationToken);
        await using var progress = run.Progress = journal.Progress(run.Claim, run.Credential.Quota, Stage.Prepare, null);
        await freshness.DemandAsync(run, cancellationToken);
        await using var counted = await segments.OpenCountedAsync(run.Export.Source!, run.Export.Selection, cancellationToken);
        progress.Enter(Stage.Prepare, counted.Total);
        using var hasher = await hashes.LoadAsync(cancellationToken);
        var others = await OthersAsync(run.Export.Id, cancellationToken);
        var known = await memberships.LoadAsync(run.Export.Id, others, cancellationToken);
        (run.KnewNobody, run.LeftOut) = (known.IsEmpty, known.RemovedByHand);
        using var mapping = new ProfileMapping(run.Export);
        var sendsUnchanged = run.SyncMode == SyncMode.Full || run.Of.SendsEverything;
        var sorter = MemberSorter.Of(run.Export, hasher, known, mapping, cap.Of(run.Export.Connection).Max, sendsUnchanged);
        await interrupted.ResumeAsync(run, kept, sorter, cancellationToken);
        var retried = await RetriedAsync(run.RunId, cancellationToken);
        // A run that reads only some of the members cannot tell which members have left.
        var mirrors = run.SyncMode == SyncMode.Mirror && retried is null;
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listBefore = mirrors ? firstMirror.ReadAsync(run, reading.Token) : Task.FromResult<ListBefore?>(null);
        await using var writer = new PreparedWriter(stores, secrets, run, options.Value, sorter, kept.Count == 0 ? 0 : kept[^1].Number);
        try
        {
            var clearance = await ClearanceAsync(run, counted, mirrors, cancellationToken);
            await ReadAsync(run, counted, sorter, retried, writer, kept, clearance, listBefore, progress, cancellationToken);
            if (sorter.IsOverCap)
                await RefuseOverCapAsync(run, sorter, writer, cancellationToken);
            await writer.CompleteAsync(cancellationToken);
            await FinishAsync(run, sorter, retried, mirrors, await listBefore, others, cancellationToken);
        }
        catch (Exception) when (run.Flow is { } flow && !cancellationToken.IsCancellationRequested)
        {
            using var landing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            landing.CancelAfter(LandingTime);
            await flow.LandAsync(landing.Token);
            throw;
        }
        finally
        {
            await reading.CancelAsync();
            await ((Task)listBefore).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(
        StageContext run,
        CountedMembers counted,
        MemberSorter sorter,
        RetriedProfiles? retried,
        PreparedWriter writer,
        IReadOnlyList<Batch> kept,
        SendingClearance clearance,
        Task listBefore,
        RunProgress progress,
        CancellationToken cancellationToken
    )
    {
        var scope = new PassScope(run.Export, run.ListId, run.Credential)
        {
            Members = counted,
            Takes = retried is null ? null : retried.Take,
        };
        var read = 0L;
        await foreach (var (row, rejection) in members.ReadAsync(scope, sorter, cancellationToken))
        {
            if (rejection is not null)
                await writer.AddAsync(rejection, cancellationToken);
            else if (row is not null && !sorter.IsOverCap)
                await writer.AddAsync(row, cancellationToken);
            await progress.ReportAsync(++read, cancellationToken);
            if (run.Flow is { } flow && read % ReadBetweenReports == 0)
                await LookAtAsync(flow, progress, cancellationToken);
            // A fault in reading the list is thrown at the end.
            var isUseful = run.Flow is null && (writer.HoldsBatch || kept.Count > 0);
            if (isUseful && listBefore.IsCompletedSuccessfully && clearance.IsGiven(sorter, read))
                await SendMeanwhileAsync(run, writer, kept, cancellationToken);
        }
    }

    /// <summary>Reports what was sent meanwhile.</summary>
    /// <exception cref="Exception">A fault has ended the flow, and reading on would be in vain.</exception>
    private static async Task LookAtAsync(BatchFlow flow, RunProgress progress, CancellationToken cancellationToken)
    {
        if (flow.HasFailedForGood)
            await flow.UntilAsync(() => false, () => ValueTask.CompletedTask, cancellationToken);
        await progress.ReportAsync(Stage.Send, flow.Sent, cancellationToken);
        await progress.ReportAsync(Stage.Confirm, flow.Confirmed, cancellationToken);
    }

    /// <summary>Begins to send what was prepared so far.</summary>
    private async Task SendMeanwhileAsync(
        StageContext run,
        PreparedWriter writer,
        IReadOnlyList<Batch> kept,
        CancellationToken cancellationToken
    )
    {
        await exportUser.DemandAsync(run.Export.Id, cancellationToken);
        await using (var db = await stores.CreateDbContextAsync(cancellationToken))
        {
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SendsMeanwhile"));
            await run.Claim.SaveAsync(db, cancellationToken);
        }
        var flow = flows.Start(run, kept, cancellationToken);
        await writer.OpenAsync(flow.Add, cancellationToken);
    }

    private async Task<SendingClearance> ClearanceAsync(
        StageContext run,
        CountedMembers counted,
        bool mirrors,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return new SendingClearance(
            counted.IsCertain ? counted.Total : null,
            cap.Of(run.Export.Connection).Max,
            await approval.OutlookAsync(db, run.RunId, run.Export.ListRules, cancellationToken),
            mirrors
        );
    }

    private async Task<RetriedProfiles?> RetriedAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await RetriedProfiles.ReadAsync(db, runId, cancellationToken);
    }

    private async Task RefuseOverCapAsync(StageContext run, MemberSorter sorter, PreparedWriter writer, CancellationToken cancellationToken)
    {
        await writer.CompleteRejectionsAsync(cancellationToken);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        // The batches written before the cap was exceeded will never be sent. The ledger counts their profiles. What an interrupted attempt
        // has sent stays.
        await db.Set<Batch>()
            .Where(batch => batch.RunId == run.RunId && batch.State == BatchState.Prepared && batch.LostJobs == 0)
            .ExecuteDeleteAsync(cancellationToken);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        (stored.Ledger, stored.SourceReading) = (sorter.Ledger, SourceReadings.Of(run.Export.Source!));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        throw new RunFailedException(cap.Of(run.Export.Connection).OutcomeFor(sorter.Deliverable));
    }

    private async Task FinishAsync(
        StageContext run,
        MemberSorter sorter,
        RetriedProfiles? retried,
        bool mirrors,
        ListBefore? listBefore,
        IReadOnlyList<int> others,
        CancellationToken cancellationToken
    )
    {
        if (mirrors && sorter.WouldEmptyList)
            throw new RunFailedException(RunOutcome.WouldEmptyList(sorter.Ledger));

        var strangers = listBefore is null ? null : await firstMirror.CountAsync(listBefore, sorter, others, cancellationToken);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        if (retried is null)
            await MarkLeavingAsync(db, run, sorter, others, cancellationToken);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        stored.Ledger = sorter.Ledger;
        stored.SourceReading = SourceReadings.Of(run.Export.Source!);
        await PreparedWriter.StoreFieldsAsync(db, run.RunId, sorter.Fields, cancellationToken);
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
