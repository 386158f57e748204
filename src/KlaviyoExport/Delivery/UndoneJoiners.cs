using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>Takes the people off the list who joined it through a run that is being undone.</summary>
internal sealed class UndoneJoiners(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    ListHolders holders,
    ListLookup lookup,
    EmailHashes keys
)
{
    private const int Chunk = 500;

    /// <summary>Reads the people whom <see cref="UndoPrepareStage"/> has marked and who are not settled yet.</summary>
    public async Task<List<Hash16>> LeftAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var hashes = await Marked(db, run).OrderBy(row => row.EmailHash).Select(row => row.EmailHash).ToListAsync(cancellationToken);
        return hashes.ConvertAll(hash => Hash16.Take(hash));
    }

    /// <summary>Settles these people, several chunks at once.</summary>
    public Task TakeOffAsync(
        StageContext run,
        OtherHolders others,
        IReadOnlyList<Hash16> people,
        ChunksInFlight chunks,
        CancellationToken cancellationToken
    ) =>
        chunks.SettleAsync(
            people,
            KlaviyoLimits.ProfilesPerRemoval,
            async (hashes, stopping) =>
                await TakeOffAsync(run, others, await RowsAsync(run, hashes, stopping), chunks, stopping, cancellationToken),
            cancellationToken
        );

    /// <param name="run">The run.</param>
    /// <param name="others">Who holds people besides the export.</param>
    /// <param name="people">The people of one call.</param>
    /// <param name="chunks">Gives turns to write to the store.</param>
    /// <param name="stopping">Canceled when another chunk has failed. What is being taken off then is taken off and stored.</param>
    /// <param name="cancellationToken">Canceled when the run is.</param>
    private async Task TakeOffAsync(
        StageContext run,
        OtherHolders others,
        List<(Membership Row, RemovedMember Person)> people,
        ChunksInFlight chunks,
        CancellationToken stopping,
        CancellationToken cancellationToken
    )
    {
        var sorted = await SortAsync(run, others, people, stopping);
        var ours = sorted.FindAll(leaver => leaver.Fate == LeaverFate.Ours);
        if (ours.Count > 0)
            await chunks.StoreAsync(() => AnnounceAsync(run, ours, stopping), stopping);
        var answer = await klaviyo.RemoveFromListAsync(
            run.Credential,
            run.ListId,
            ours.ConvertAll(leaver => leaver.ProfileId!),
            cancellationToken
        );
        if (!answer.Succeeded)
            throw Refusals.Fatal(answer.Refusal, run.ListId);

        // The people have been taken off. This is stored even when the run is being canceled at this moment.
        await chunks.StoreAsync(() => StoreAsync(run, sorted, CancellationToken.None), CancellationToken.None);
    }

    private async Task<List<(Membership Row, RemovedMember Person)>> RowsAsync(
        StageContext run,
        Hash16[] people,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var rows = new List<(Membership, RemovedMember)>(people.Length);
        foreach (var chunk in people.Chunk(Chunk))
        {
            var hashes = chunk.Select(hash => hash.ToArray()).ToList();
            var found = await Marked(db, run)
                .Where(row => hashes.Contains(row.EmailHash))
                .AsNoTracking()
                .Join(
                    db.Set<RemovedMember>().AsNoTracking().Where(person => person.RunId == run.RunId),
                    row => row.EmailHash,
                    person => person.EmailHash,
                    (row, person) => new { row, person }
                )
                .ToListAsync(cancellationToken);
            rows.AddRange(found.Select(pair => (pair.row, pair.person)));
        }
        return rows;
    }

    private static IQueryable<Membership> Marked(AppDb db, StageContext run) =>
        Memberships.Leaving(db, run.RunId).Where(row => row.ExportId == run.Export.Id);

    /// <summary>
    /// Finds the fate of each person. Klaviyo is asked again, because the list may have been read long ago: a run that undoes another may
    /// wait for a retry.
    /// </summary>
    private async Task<List<Leaver>> SortAsync(
        StageContext run,
        OtherHolders others,
        List<(Membership Row, RemovedMember Person)> people,
        CancellationToken cancellationToken
    )
    {
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        var heldByOthers = await holders.HeldAsync(others, people.ConvertAll(pair => pair.Row.EmailHash), cancellationToken);
        var named = people.ConvertAll(pair =>
            (Hash: Hash16.Take(pair.Row.EmailHash), pair.Row, Email: addresses.Cipher.Decrypt(pair.Person.Email))
        );
        var asked = named.FindAll(person => !heldByOthers.Contains(person.Hash)).ConvertAll(person => person.Email);
        var members = await lookup.FindAsync(run, addresses.Hasher, asked, cancellationToken);
        return named.ConvertAll(person =>
        {
            var member = members.GetValueOrDefault(person.Hash);
            var fate =
                heldByOthers.Contains(person.Hash) ? LeaverFate.HeldByOther
                : member is null ? LeaverFate.Gone
                : member.Joined is { } joined && person.Row.JoinedLast(joined) ? LeaverFate.Ours
                : LeaverFate.BeforeUs;
            return new Leaver(person.Row, person.Email, fate, member?.ProfileId);
        });
    }

    /// <summary>
    /// Stores that these people are being taken off. If the run is interrupted, it can tell them from people whom somebody else has taken
    /// off. If it is canceled, the next run of the export sends them again. An execution that has lost its claim takes nobody off.
    /// </summary>
    private async Task AnnounceAsync(StageContext run, List<Leaver> ours, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        foreach (var hashes in ours.Select(leaver => leaver.Row.EmailHash).Chunk(Chunk))
        {
            await Memberships
                .Leaving(db, run.RunId)
                .Where(row => hashes.Contains(row.EmailHash))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, MembershipState.Removing), cancellationToken);
            await db.Set<RemovedMember>()
                .Where(person => person.RunId == run.RunId && hashes.Contains(person.EmailHash))
                .ExecuteUpdateAsync(set => set.SetProperty(person => person.IsPlanned, false), cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task StoreAsync(StageContext run, List<Leaver> sorted, CancellationToken cancellationToken)
    {
        var isTakenOff = TakenOffBy(sorted);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        foreach (var chunk in sorted.Chunk(Chunk))
        {
            var marked = Memberships.Leaving(db, run.RunId);
            var settled = Hashes(chunk, leaver => leaver.Fate != LeaverFate.HeldByOther);
            await marked.Where(row => settled.Contains(row.EmailHash)).ExecuteDeleteAsync(cancellationToken);
            var held = Hashes(chunk, leaver => leaver.Fate == LeaverFate.HeldByOther);
            await Memberships.KeepAsync(marked.Where(row => held.Contains(row.EmailHash)), cancellationToken);
            var stay = Hashes(chunk, leaver => !isTakenOff(leaver));
            await db.Set<RemovedMember>()
                .Where(person => person.RunId == run.RunId && stay.Contains(person.EmailHash))
                .ExecuteDeleteAsync(cancellationToken);
        }
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        stored.Ledger.Removed += sorted.Count(isTakenOff);
        stored.Ledger.KeptForOthers += sorted.Count(leaver => leaver.Fate == LeaverFate.HeldByOther);
        stored.Ledger.KeptFromBefore += sorted.Count(leaver => leaver.Fate == LeaverFate.BeforeUs);
        stored.Ledger.AlreadyOff += sorted.Count(leaver => leaver.Fate == LeaverFate.Gone && !isTakenOff(leaver));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Whether this run took a person off, now or before it was interrupted. A call takes all of its people off or none: if one of them is
    /// still on the list, somebody else has taken the others off.
    /// </summary>
    private static Func<Leaver, bool> TakenOffBy(List<Leaver> sorted)
    {
        var mayHaveArrived = !sorted.Exists(leaver => leaver is { Fate: LeaverFate.Ours, Row.State: MembershipState.Removing });
        return leaver =>
            leaver.Fate == LeaverFate.Ours || (mayHaveArrived && leaver is { Fate: LeaverFate.Gone, Row.State: MembershipState.Removing });
    }

    private static List<byte[]> Hashes(IEnumerable<Leaver> leavers, Func<Leaver, bool> isMeant) =>
        [.. leavers.Where(isMeant).Select(leaver => leaver.Row.EmailHash)];
}
