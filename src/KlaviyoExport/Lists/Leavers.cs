using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>Why a person who has left the segments of an export leaves the list or stays on it.</summary>
internal enum LeaverFate
{
    /// <summary>Another export holds the person: stays.</summary>
    HeldByOther,

    /// <summary>The person is on the list, and no delivery of this installation put the person there: stays.</summary>
    BeforeUs,

    /// <summary>A delivery of this installation put the person on the list, and no export holds the person any more: leaves.</summary>
    Ours,

    /// <summary>The person is not on the list.</summary>
    Gone,
}

/// <param name="Row">The stored person, with an address.</param>
/// <param name="Email">The normalized address.</param>
/// <param name="ProfileId">Klaviyo's ID. Null unless Klaviyo was asked and the person is on the list.</param>
internal sealed record Leaver(Membership Row, string Email, LeaverFate Fate, string? ProfileId);

/// <summary>Decides who of the people who have left the segments leaves the list.</summary>
internal sealed class Leavers(IDbContextFactory<AppDb> stores, EmailHashes keys, KlaviyoClient klaviyo)
{
    private const int Chunk = 500;

    /// <summary>
    /// Finds the fate of each person. Asks Klaviyo when those joined the list whom no other export holds: a hundred in a call, several calls at
    /// once.
    /// </summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a call, for example because the list does not exist.</exception>
    public async Task<List<Leaver>> SortAsync(
        KlaviyoCredential credential,
        string listId,
        OtherHolders others,
        IReadOnlyList<Membership> rows,
        CancellationToken cancellationToken
    )
    {
        using var known = await keys.LoadAllAsync(cancellationToken);
        var (hasher, cipher) = known;
        var stored = await StoredAsync(others, rows, cancellationToken);
        var unstored = await UnstoredAsync([.. stored.SelectMany(same => same)], listId, cancellationToken);
        var (leavers, asked) = (new List<Leaver>(rows.Count), new Dictionary<Hash16, (Membership Row, string Email)>());
        foreach (var row in rows)
        {
            var (hash, email) = (Hash16.Take(row.EmailHash), cipher.Decrypt(row.Email!));
            if (
                others.MayHoldAnyone
                || others.UnderWay.Contains(hash)
                || stored[hash].Any(other => other.ExportId != row.ExportId && other.State == MembershipState.Held)
            )
                leavers.Add(new(row, email, LeaverFate.HeldByOther, null));
            else
                asked.Add(hash, (row, email));
        }

        var found = await InFlight.SelectAsync(
            asked.Values.Select(person => person.Email).Chunk(KlaviyoLimits.EmailsPerLookup),
            InFlight.Lookups,
            async (emails, stopping) => (await klaviyo.FindListMembersAsync(credential, listId, emails, stopping)).ValueOrThrow(),
            cancellationToken
        );
        foreach (var member in found.SelectMany(members => members))
        {
            if (!EmailAddress.TryNormalize(member.Email, out var email) || !asked.Remove(hasher.Hash(email), out var person))
                continue;
            var isOurs =
                member.Joined is { } joined && stored[hasher.Hash(email)].Any(row => row.Explains(joined) || unstored.Explain(row, joined));
            leavers.Add(new(person.Row, person.Email, isOurs ? LeaverFate.Ours : LeaverFate.BeforeUs, member.ProfileId));
        }
        leavers.AddRange(asked.Values.Select(person => new Leaver(person.Row, person.Email, LeaverFate.Gone, null)));
        return leavers;
    }

    /// <summary>What all exports to the list have stored about these people.</summary>
    private async Task<ILookup<Hash16, Membership>> StoredAsync(
        OtherHolders others,
        IReadOnlyList<Membership> rows,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var stored = new List<Membership>(rows);
        foreach (var hashes in rows.Select(row => row.EmailHash).Chunk(Chunk))
            stored.AddRange(
                await db.Set<Membership>()
                    .AsNoTracking()
                    .Where(row => others.ExportIds.Contains(row.ExportId) && hashes.Contains(row.EmailHash))
                    .ToListAsync(cancellationToken)
            );
        return stored.ToLookup(row => Hash16.Take(row.EmailHash));
    }

    private async Task<UnstoredDeliveries> UnstoredAsync(
        IReadOnlyList<Membership> stored,
        string listId,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await UnstoredDeliveries.ReadAsync(db, stored, listId, cancellationToken);
    }
}
