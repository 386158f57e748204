using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// The stage of a run that undoes another run, in which it takes off the list whom that run added and puts back whom it removed. Consent is
/// not changed. Each step is stored, so an interrupted stage resumes where it stopped.
/// </summary>
internal sealed class UndoStage(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    ListHolders holders,
    EmailHashes keys,
    RunJournal journal
)
{
    private const int Chunk = 500;

    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        var others = await holders.ReadAsync(run.AccountId, run.ListId, run.Export.Id, cancellationToken);
        var total = await LeftAsync(run, cancellationToken);
        await journal.EnterAsync(run.Claim, Stage.Remove, total, cancellationToken);
        await HoldAgainAsync(run, cancellationToken);
        var progress = journal.Progress(run.Claim, total);
        while (await NextAddedAsync(run, cancellationToken) is { Count: > 0 } added)
        {
            await TakeOffAsync(run, others, added, cancellationToken);
            await progress.ReportAsync(total - await LeftAsync(run, cancellationToken), cancellationToken);
        }
        while (await NextRemovedAsync(run, cancellationToken) is { Count: > 0 } removed)
        {
            await PutBackAsync(run, removed, cancellationToken);
            await progress.ReportAsync(total - await LeftAsync(run, cancellationToken), cancellationToken);
        }
    }

    private async Task HoldAgainAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        await Memberships.HoldAgainAsync(db, run.Export.Id, run.Undoes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<int> LeftAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await Memberships.Leaving(db, run.RunId).CountAsync(cancellationToken)
            + await db.Set<RemovedMember>().CountAsync(removed => removed.RunId == run.Undoes, cancellationToken);
    }

    private async Task<List<RemovedMember>> NextAddedAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // An execution that has lost its claim must not change the list.
        await using var held = await run.Claim.BeginAsync(db, cancellationToken);
        return await db.Set<RemovedMember>()
            .AsNoTracking()
            .Where(person => person.RunId == run.RunId && Memberships.Leaving(db, run.RunId).Any(row => row.EmailHash == person.EmailHash))
            .OrderBy(person => person.EmailHash)
            .Take(KlaviyoLimits.ProfilesPerRemoval)
            .ToListAsync(cancellationToken);
    }

    private async Task<List<RemovedMember>> NextRemovedAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var held = await run.Claim.BeginAsync(db, cancellationToken);
        return await db.Set<RemovedMember>()
            .AsNoTracking()
            .Where(person => person.RunId == run.Undoes)
            .OrderBy(person => person.EmailHash)
            .Take(KlaviyoLimits.EmailsPerLookup)
            .ToListAsync(cancellationToken);
    }

    private async Task TakeOffAsync(StageContext run, OtherHolders others, List<RemovedMember> added, CancellationToken cancellationToken)
    {
        var heldByOthers = await holders.HeldAsync(others, added.ConvertAll(person => person.EmailHash), cancellationToken);
        var off = added.FindAll(person => !heldByOthers.Contains(Hash16.Take(person.EmailHash)));
        var answer = await klaviyo.RemoveFromListAsync(
            run.Credential,
            run.ListId,
            off.ConvertAll(person => person.KlaviyoId),
            cancellationToken
        );
        if (!answer.Succeeded)
            throw Refusals.Fatal(answer.Refusal, run.ListId);

        // The people have been taken off. This is stored even when the run is being canceled at this moment.
        await using var db = await stores.CreateDbContextAsync(CancellationToken.None);
        await using var transaction = await run.Claim.BeginAsync(db, CancellationToken.None);
        foreach (var chunk in added.Chunk(Chunk))
        {
            var (gone, kept) = (new List<byte[]>(), new List<byte[]>());
            foreach (var person in chunk)
                (heldByOthers.Contains(Hash16.Take(person.EmailHash)) ? kept : gone).Add(person.EmailHash);
            var mine = Memberships.Leaving(db, run.RunId);
            await mine.Where(row => gone.Contains(row.EmailHash)).ExecuteDeleteAsync(CancellationToken.None);
            await Memberships.ForgetMarksAsync(mine.Where(row => kept.Contains(row.EmailHash)), CancellationToken.None);
        }
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, CancellationToken.None);
        stored.Ledger.Removed += off.Count;
        stored.Ledger.KeptForOthers += added.Count - off.Count;
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task PutBackAsync(StageContext run, List<RemovedMember> removed, CancellationToken cancellationToken)
    {
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        var emails = removed.ToDictionary(person => Hash16.Take(person.EmailHash), person => addresses.Cipher.Decrypt(person.Email));
        // Somebody who has joined the list in the meantime is not ours.
        var before = await MembersAsync(run, addresses.Hasher, [.. emails.Values], cancellationToken);
        var returning = removed.FindAll(person => person.IsReturning || !before.ContainsKey(Hash16.Take(person.EmailHash)));
        await AnnounceAsync(run, returning, cancellationToken);
        await AddAsync(run, returning.ConvertAll(person => person.KlaviyoId), cancellationToken);
        var after = await MembersAsync(run, addresses.Hasher, [.. emails.Values], cancellationToken);

        await using var db = await stores.CreateDbContextAsync(CancellationToken.None);
        await using var transaction = await run.Claim.BeginAsync(db, CancellationToken.None);
        var back = returning.FindAll(person => after.ContainsKey(Hash16.Take(person.EmailHash)));
        await Memberships.RestoreAsync(
            db,
            run.Export.Id,
            back.ConvertAll(person => (person, after[Hash16.Take(person.EmailHash)])),
            CancellationToken.None
        );
        var hashes = removed.ConvertAll(person => person.EmailHash);
        await db.Set<RemovedMember>()
            .Where(person => person.RunId == run.Undoes && hashes.Contains(person.EmailHash))
            .ExecuteDeleteAsync(CancellationToken.None);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, CancellationToken.None);
        stored.Ledger.PutBack += back.Count;
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>When those of the people who are on the list have joined it.</summary>
    private async Task<Dictionary<Hash16, DateTimeOffset>> MembersAsync(
        StageContext run,
        EmailHasher hasher,
        IReadOnlyList<string> emails,
        CancellationToken cancellationToken
    )
    {
        var answer = await klaviyo.FindListMembersAsync(run.Credential, run.ListId, emails, cancellationToken);
        if (!answer.Succeeded)
            throw Refusals.Fatal(answer.Refusal, run.ListId);
        var members = new Dictionary<Hash16, DateTimeOffset>();
        foreach (var member in answer.Value)
            if (EmailAddress.TryNormalize(member.Email, out var email))
                members[hasher.Hash(email)] = member.Joined ?? default;
        return members;
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

    /// <summary>Adds profiles to the list. Leaves out those that no longer exist in Klaviyo.</summary>
    private async Task AddAsync(StageContext run, List<string> profileIds, CancellationToken cancellationToken)
    {
        while (profileIds.Count > 0)
        {
            var answer = await klaviyo.AddToListAsync(run.Credential, run.ListId, profileIds, cancellationToken);
            if (answer.Succeeded)
                return;
            var missing = answer
                .Refusal.Errors.Select(error => error.DataIndex)
                .OfType<int>()
                .Where(index => index < profileIds.Count)
                .ToHashSet();
            if (missing.Count == 0)
                throw Refusals.Fatal(answer.Refusal, run.ListId);
            profileIds = [.. profileIds.Where((_, index) => !missing.Contains(index))];
        }
    }
}
