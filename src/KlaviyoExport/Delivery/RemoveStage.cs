using System.Collections.ObjectModel;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Ends the export's hold on the people who have left its segments. A mirror export takes them off the list, unless another export holds
/// them or they were on the list before a delivery of this installation. Each step is stored, so an interrupted stage resumes where it
/// stopped. Consent is not changed.
/// </summary>
internal sealed class RemoveStage(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    ListHolders holders,
    Leavers leavers,
    SecretProtector secrets,
    RunJournal journal,
    ILogger<RemoveStage> logger
)
{
    private const int Chunk = 500;

    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        var others = await holders.ReadAsync(run.AccountId, run.ListId, run.Export.Id, cancellationToken);
        await ReleaseAsync(run, others, cancellationToken);
        if (run.SyncMode != SyncMode.Mirror)
            return;
        var leaving = await LeavingAsync(run.RunId, cancellationToken);
        await journal.EnterAsync(run.Claim, Stage.Remove, leaving.Count, cancellationToken);
        await using var progress = journal.Progress(run.Claim, run.Credential.Quota, Stage.Remove, leaving.Count);
        using var chunks = new ChunksInFlight(progress);
        await chunks.SettleAsync(
            leaving,
            KlaviyoLimits.ProfilesPerRemoval,
            async (hashes, stopping) =>
                await SettleAsync(run, others, await RowsAsync(run, hashes, stopping), chunks, stopping, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>From here on the run cannot be held up any more: other exports may take these people off the list.</summary>
    private async Task ReleaseAsync(StageContext run, OtherHolders others, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        // Prepare has only estimated it.
        if (stored.Stage < Stage.Remove)
            stored.Ledger.KeptForOthers = 0;
        await Memberships.ReleaseAsync(db, run.RunId, cancellationToken);
        await Memberships.ReinstateAsync(db, run.Export.Id, run.RunId, others.ExportIds, cancellationToken);
        if (run.SyncMode == SyncMode.Mirror)
            await Memberships.ForgetMarksAsync(Memberships.Leaving(db, run.RunId).Where(row => row.Email == null), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<List<Hash16>> LeavingAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var hashes = await Memberships
            .Leaving(db, runId)
            .OrderBy(row => row.EmailHash)
            .Select(row => row.EmailHash)
            .ToListAsync(cancellationToken);
        return hashes.ConvertAll(hash => Hash16.Take(hash));
    }

    private async Task<List<Membership>> RowsAsync(StageContext run, Hash16[] people, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var rows = new List<Membership>(people.Length);
        foreach (var chunk in people.Chunk(Chunk))
        {
            var hashes = chunk.Select(hash => hash.ToArray()).ToList();
            rows.AddRange(
                await db.Set<Membership>()
                    .AsNoTracking()
                    .Where(row => row.ExportId == run.Export.Id && row.LeavingRunId == run.RunId && hashes.Contains(row.EmailHash))
                    .ToListAsync(cancellationToken)
            );
        }
        return rows;
    }

    /// <param name="run">The run.</param>
    /// <param name="others">Who holds people besides the export.</param>
    /// <param name="rows">The people of one call.</param>
    /// <param name="chunks">Gives turns to write to the store.</param>
    /// <param name="stopping">Canceled when another chunk has failed. What is being removed then is removed and stored.</param>
    /// <param name="cancellationToken">Canceled when the run is.</param>
    private async Task SettleAsync(
        StageContext run,
        OtherHolders others,
        List<Membership> rows,
        ChunksInFlight chunks,
        CancellationToken stopping,
        CancellationToken cancellationToken
    )
    {
        List<Leaver> sorted;
        try
        {
            sorted = await leavers.SortAsync(run.Credential, run.ListId, others, rows, stopping);
        }
        catch (KlaviyoRefusedException refused)
        {
            throw Refusals.Fatal(refused.Refusal, run.ListId);
        }
        var ours = sorted.FindAll(leaver => leaver.Fate == LeaverFate.Ours);
        if (ours.Count > 0)
            await chunks.StoreAsync(() => AnnounceAsync(run, ours, stopping), stopping);
        var removed = await klaviyo.RemoveFromListAsync(
            run.Credential,
            run.ListId,
            ours.ConvertAll(leaver => leaver.ProfileId!),
            cancellationToken
        );
        if (!removed.Succeeded)
            throw Refusals.Fatal(removed.Refusal, run.ListId);

        // The people have been removed. This is stored even when the run is being canceled at this moment.
        await chunks.StoreAsync(() => StoreAsync(run, others, sorted, CancellationToken.None), CancellationToken.None);
        Log.Removed(logger, run.RunId, sorted.Count, ours.Count);
    }

    /// <summary>
    /// Stores that these people are being removed. If the run is interrupted, it can tell them from people whom somebody else has removed.
    /// An execution that has lost its claim removes nobody.
    /// </summary>
    private async Task AnnounceAsync(StageContext run, List<Leaver> ours, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        await db.UpdateAsync(
            ours.ConvertAll(leaver => new Membership
            {
                ExportId = run.Export.Id,
                EmailHash = leaver.Row.EmailHash,
                State = MembershipState.Removing,
                Fingerprint = leaver.Row.Fingerprint,
            }),
            [nameof(Membership.State)],
            cancellationToken
        );
        await db.UpsertAsync(
            ours.ConvertAll(leaver => new RemovedMember
            {
                RunId = run.RunId,
                EmailHash = leaver.Row.EmailHash,
                Email = leaver.Row.Email!,
                KlaviyoId = leaver.ProfileId!,
            }),
            ReadOnlyDictionary<string, BulkMerge>.Empty,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task StoreAsync(StageContext run, OtherHolders others, List<Leaver> sorted, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        foreach (var chunk in sorted.Chunk(Chunk))
        {
            var held = Hashes(chunk, LeaverFate.HeldByOther);
            var settled = Hashes(chunk, LeaverFate.Ours, LeaverFate.BeforeUs, LeaverFate.Gone);
            var mine = db.Set<Membership>().Where(row => row.ExportId == run.Export.Id);
            await mine.Where(row => settled.Contains(row.EmailHash) && row.State != MembershipState.RemovedByHand)
                .ExecuteDeleteAsync(cancellationToken);
            // The others were found off the list by a check while the run waited. That is not forgotten.
            await Memberships.ForgetMarksAsync(
                mine.Where(row => settled.Contains(row.EmailHash) || held.Contains(row.EmailHash)),
                cancellationToken
            );
            // They are not on the list any more, so the other exports that have let them go have nothing to decide. A run that waits with
            // a mark counts the person itself.
            var off = Hashes(chunk, LeaverFate.Ours, LeaverFate.Gone);
            await db.Set<Membership>()
                .Where(row =>
                    others.ExportIds.Contains(row.ExportId)
                    && row.State == MembershipState.Released
                    && row.LeavingRunId == null
                    && off.Contains(row.EmailHash)
                )
                .ExecuteDeleteAsync(cancellationToken);
        }

        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        var kept = sorted.FindAll(leaver => leaver.Fate == LeaverFate.BeforeUs);
        var next = stored.Ledger.Members + stored.Ledger.KeptFromBefore;
        await db.InsertAsync(
            kept.Select(
                (leaver, index) =>
                    new NewRejection(next + index, "", RejectionReason.KeptOnList) { Email = leaver.Email }.ToEntity(run.RunId, secrets)
            ),
            cancellationToken
        );
        stored.Ledger.KeptForOthers += sorted.Count(leaver => leaver.Fate == LeaverFate.HeldByOther);
        stored.Ledger.KeptFromBefore += kept.Count;
        stored.Ledger.Removed += sorted.Count(IsRemoved);
        stored.Ledger.AlreadyOff += sorted.Count(leaver => leaver.Fate == LeaverFate.Gone && !IsRemoved(leaver));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether this run removed the person, now or before it was interrupted.</summary>
    private static bool IsRemoved(Leaver leaver) =>
        leaver.Fate == LeaverFate.Ours || leaver is { Fate: LeaverFate.Gone, Row.State: MembershipState.Removing };

    private static List<byte[]> Hashes(IEnumerable<Leaver> leavers, params IReadOnlyList<LeaverFate> fates) =>
        [.. leavers.Where(leaver => fates.Contains(leaver.Fate)).Select(leaver => leaver.Row.EmailHash)];
}
