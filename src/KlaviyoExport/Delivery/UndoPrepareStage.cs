using System.Collections.ObjectModel;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// The first stage of a run that undoes another run. It reads who has joined the list since that run began, and marks those who joined
/// while Klaviyo imported its batches and whom it delivered.
/// </summary>
internal sealed class UndoPrepareStage(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    EmailHashes keys,
    ExportUserCheck exportUser,
    RunJournal journal
)
{
    private const int Chunk = 500;

    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        await exportUser.DemandAsync(run.Export.Id, cancellationToken);
        await journal.EnterAsync(run.Claim, Stage.Prepare, null, cancellationToken);
        await DemandPossibleAsync(run, cancellationToken);
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        var windows = await WindowsAsync(run.Undoes, cancellationToken);
        var joined = new Dictionary<Hash16, RemovedMember>();
        if (windows.Count > 0)
            await foreach (
                var member in klaviyo.GetListMembersAsync(run.Credential, run.ListId, windows.Min(window => window.From), cancellationToken)
            )
                if (
                    member.Joined is { } at
                    && windows.Exists(window => window.Contains(at))
                    && EmailAddress.TryNormalize(member.Email, out var email)
                )
                    joined[addresses.Hasher.Hash(email)] = new RemovedMember
                    {
                        RunId = run.RunId,
                        EmailHash = addresses.Hasher.Hash(email).ToArray(),
                        Email = addresses.Cipher.Encrypt(email),
                        KlaviyoId = member.ProfileId,
                        IsPlanned = true,
                    };

        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        await db.Set<RemovedMember>().Where(removed => removed.RunId == run.RunId).ExecuteDeleteAsync(cancellationToken);
        await Memberships.ForgetMarksAsync(db.Set<Membership>().Where(row => row.ExportId == run.Export.Id), cancellationToken);
        var starts = windows.Select(window => (DateTimeOffset?)window.From).ToList();
        var leaving = 0;
        foreach (var chunk in joined.Values.Chunk(Chunk))
        {
            var hashes = chunk.Select(person => person.EmailHash).ToList();
            var mine = db.Set<Membership>()
                .Where(row => row.ExportId == run.Export.Id && hashes.Contains(row.EmailHash) && starts.Contains(row.LastFrom));
            var delivered = (await mine.Select(row => row.EmailHash).ToListAsync(cancellationToken)).ConvertAll(hash => Hash16.Take(hash));
            leaving += await mine.ExecuteUpdateAsync(set => set.SetProperty(row => row.LeavingRunId, run.RunId), cancellationToken);
            await db.UpsertAsync(
                delivered.ConvertAll(hash => joined[hash]),
                ReadOnlyDictionary<string, BulkMerge>.Empty,
                cancellationToken
            );
        }
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        stored.Ledger = new Ledger
        {
            Leaving = leaving,
            Returning = await db.Set<RemovedMember>().CountAsync(removed => removed.RunId == run.Undoes, cancellationToken),
        };
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.UndoPrepared", stored.Ledger.Leaving, stored.Ledger.Returning));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task DemandPossibleAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var undone = await db.Set<Run>().AsNoTracking().SingleAsync(stored => stored.Id == run.Undoes, cancellationToken);
        if (await UndoRule.RefusalAsync(db, undone, run.RunId, cancellationToken) is { } refusal)
            throw new RunFailedException(new(RunOutcomeKind.UndoRefused, new LocalizedMessage("Delivery.NotUndone", run.Undoes, refusal)));
    }

    private async Task<List<DeliveryWindow>> WindowsAsync(int undoneRunId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var batches = await db.Set<Batch>()
            .AsNoTracking()
            .Where(batch => batch.RunId == undoneRunId && batch.WindowFrom != null)
            .ToListAsync(cancellationToken);
        return batches.ConvertAll(batch => batch.Window);
    }
}
