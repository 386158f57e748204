using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>Puts the people back on the list whom a run that is being undone has taken off.</summary>
internal sealed class UndoneRemovals(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    ListLookup lookup,
    EmailHashes keys,
    TimeProvider clock
)
{
    // A call may add a thousand people. The store finds five hundred at a time.
    private const int Chunk = 500;

    // How long a run that is being stopped waits for Klaviyo to say who is on the list again.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Reads the people who are not settled yet.</summary>
    public async Task<List<Hash16>> LeftAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var hashes = await db.Set<RemovedMember>()
            .Where(person => person.RunId == run.Undoes)
            .OrderBy(person => person.EmailHash)
            .Select(person => person.EmailHash)
            .ToListAsync(cancellationToken);
        return hashes.ConvertAll(hash => Hash16.Take(hash));
    }

    /// <summary>Puts these people back, several chunks at once.</summary>
    public async Task PutBackAsync(
        StageContext run,
        IReadOnlyList<Hash16> people,
        ChunksInFlight chunks,
        CancellationToken cancellationToken
    )
    {
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        await chunks.SettleAsync(
            people,
            Chunk,
            async (hashes, stopping) =>
                await PutBackAsync(run, addresses, await RowsAsync(run, hashes, stopping), chunks, stopping, cancellationToken),
            cancellationToken
        );
    }

    /// <param name="run">The run.</param>
    /// <param name="addresses">The keys.</param>
    /// <param name="removed">The people of one call.</param>
    /// <param name="chunks">Gives turns to write to the store.</param>
    /// <param name="stopping">Canceled when another chunk has failed. What is being put back then is put back and stored.</param>
    /// <param name="cancellationToken">Canceled when the run is.</param>
    private async Task PutBackAsync(
        StageContext run,
        AddressKeys addresses,
        List<RemovedMember> removed,
        ChunksInFlight chunks,
        CancellationToken stopping,
        CancellationToken cancellationToken
    )
    {
        var emails = removed.ConvertAll(person => addresses.Cipher.Decrypt(person.Email));
        // Somebody who has joined the list in the meantime is not ours.
        var before = await lookup.FindAsync(run, addresses.Hasher, emails, stopping);
        var returning = removed.FindAll(person => person.IsReturning || !before.ContainsKey(Hash16.Take(person.EmailHash)));
        await chunks.StoreAsync(() => AnnounceAsync(run, returning, stopping), stopping);
        var back = await PutBackAsync(run, addresses, returning, cancellationToken);

        // These people are on the list again. This is stored even when the run is being canceled at this moment.
        await chunks.StoreAsync(() => StoreAsync(run, removed, back, CancellationToken.None), CancellationToken.None);
    }

    private async Task<List<RemovedMember>> RowsAsync(StageContext run, Hash16[] people, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var hashes = people.Select(hash => hash.ToArray()).ToList();
        return await db.Set<RemovedMember>()
            .AsNoTracking()
            .Where(person => person.RunId == run.Undoes && hashes.Contains(person.EmailHash))
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Stores that these people are being put back, so that an interrupted run still knows that it was this run. An execution that has lost
    /// its claim puts nobody back.
    /// </summary>
    private async Task AnnounceAsync(StageContext run, List<RemovedMember> returning, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        var hashes = returning.ConvertAll(person => person.EmailHash);
        await db.Set<RemovedMember>()
            .Where(person => person.RunId == run.Undoes && hashes.Contains(person.EmailHash))
            .ExecuteUpdateAsync(set => set.SetProperty(person => person.IsReturning, true), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <returns>Who is on the list again, and when they joined it.</returns>
    private async Task<List<(RemovedMember Person, DeliveryWindow Joined)>> PutBackAsync(
        StageContext run,
        AddressKeys addresses,
        List<RemovedMember> returning,
        CancellationToken cancellationToken
    )
    {
        using var patience = new CancellationTokenSource();
        await using var stopping = cancellationToken.Register(() => patience.CancelAfter(Grace));
        var from = clock.GetUtcNow();
        var added = await AddAsync(run, returning, patience.Token);
        var until = clock.GetUtcNow();
        try
        {
            var emails = added.ConvertAll(person => addresses.Cipher.Decrypt(person.Email));
            var after = await lookup.FindAsync(run, addresses.Hasher, emails, patience.Token);
            return
            [
                .. from person in added
                let member = after.GetValueOrDefault(Hash16.Take(person.EmailHash))
                where member is not null
                let joined = member.Joined ?? default
                select (person, new DeliveryWindow(joined, joined)),
            ];
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Klaviyo has added them. When that was is known by the clock of this machine only.
            return added.ConvertAll(person => (person, new DeliveryWindow(from, until)));
        }
    }

    /// <summary>Adds people to the list. Leaves out those whose profiles no longer exist in Klaviyo.</summary>
    /// <returns>Those whom Klaviyo has added, or who were on the list already.</returns>
    private async Task<List<RemovedMember>> AddAsync(StageContext run, List<RemovedMember> people, CancellationToken cancellationToken)
    {
        while (people.Count > 0)
        {
            var ids = people.ConvertAll(person => person.KlaviyoId);
            var answer = await klaviyo.AddToListAsync(run.Credential, run.ListId, ids, cancellationToken);
            if (answer.Succeeded)
                break;
            var missing = answer
                .Refusal.Errors.Select(error => error.DataIndex)
                .OfType<int>()
                .Where(index => index < ids.Count)
                .ToHashSet();
            if (missing.Count == 0)
                throw Refusals.Fatal(answer.Refusal, run.ListId);
            people = [.. people.Where((_, index) => !missing.Contains(index))];
        }
        return people;
    }

    private async Task StoreAsync(
        StageContext run,
        List<RemovedMember> removed,
        List<(RemovedMember Person, DeliveryWindow Joined)> back,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        await Memberships.RestoreAsync(db, run.Export.Id, back, cancellationToken);
        var hashes = removed.ConvertAll(person => person.EmailHash);
        await db.Set<RemovedMember>()
            .Where(person => person.RunId == run.Undoes && hashes.Contains(person.EmailHash))
            .ExecuteDeleteAsync(cancellationToken);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        stored.Ledger.PutBack += back.Count;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
