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
    // How long a run that is being stopped waits for Klaviyo to say who is on the list again.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Puts some of the people back.</summary>
    /// <returns>False when nobody is left.</returns>
    public async Task<bool> PutBackSomeAsync(StageContext run, CancellationToken cancellationToken)
    {
        var removed = await NextAsync(run, cancellationToken);
        if (removed.Count == 0)
            return false;
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        var emails = removed.ConvertAll(person => addresses.Cipher.Decrypt(person.Email));
        // Somebody who has joined the list in the meantime is not ours.
        var before = await lookup.FindAsync(run, addresses.Hasher, emails, cancellationToken);
        var returning = removed.FindAll(person => person.IsReturning || !before.ContainsKey(Hash16.Take(person.EmailHash)));
        await AnnounceAsync(run, returning, cancellationToken);
        var back = await PutBackAsync(run, addresses, returning, cancellationToken);

        // These people are on the list again. This is stored even when the run is being canceled at this moment.
        await StoreAsync(run, removed, back, CancellationToken.None);
        return true;
    }

    private async Task<List<RemovedMember>> NextAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // An execution that has lost its claim must not change the list.
        await using var held = await run.Claim.BeginAsync(db, cancellationToken);
        return await db.Set<RemovedMember>()
            .AsNoTracking()
            .Where(person => person.RunId == run.Undoes)
            .OrderBy(person => person.EmailHash)
            .Take(KlaviyoLimits.EmailsPerLookup)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Stores that these people are being put back, so that an interrupted run still knows that it was this run.</summary>
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
