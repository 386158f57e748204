using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>
/// Decides about some members of an export exactly as a run would. A member before them may have taken a phone number or an external id,
/// so all members are read. Klaviyo is asked only about those on whom the decision depends.
/// </summary>
internal sealed class MemberLook(Rehearsals rehearsals, MemberPass members, KlaviyoClient klaviyo)
{
    /// <summary>Reads the members and decides about those that are sought.</summary>
    /// <param name="rehearsal">A new rehearsal in which unchanged profiles are sent.</param>
    /// <param name="sought">Chooses the members.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The members in the order of <paramref name="sought"/>.</returns>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused to say who is in the audience.</exception>
    public async Task<IReadOnlyList<SeenMember>> ReadAsync(Rehearsal rehearsal, MemberSearch sought, CancellationToken cancellationToken)
    {
        var (scope, sorter) = (rehearsal.Scope, rehearsal.Sorter);
        var isLimited = scope.Export.Audience.IsLimited;
        await foreach (var read in members.MembersAsync(scope, sorter, cancellationToken))
        {
            var (candidate, rejection) = sorter.Admit(read);
            sought.Offer(
                read.Profile,
                candidate is null || isLimited
                    ? new SortedMember(null, rejection) { Candidate = candidate }
                    : MemberPass.Decided(sorter, candidate)
            );
            if (sought.IsComplete)
                break;
        }
        return isLimited ? await DecideAsync(rehearsal, sought.Found, cancellationToken) : sought.Found;
    }

    private async Task<IReadOnlyList<SeenMember>> DecideAsync(
        Rehearsal rehearsal,
        IReadOnlyList<SeenMember> found,
        CancellationToken cancellationToken
    )
    {
        List<Candidate> candidates = [.. found.Select(seen => seen.Decision.Candidate).OfType<Candidate>()];
        if (candidates.Count == 0)
            return found;
        candidates.AddRange(await RivalsAsync(rehearsal, candidates, cancellationToken));
        var decided = new Dictionary<long, SortedMember>(candidates.Count);
        var answers = await InFlight.SelectAsync(
            candidates.OrderBy(candidate => candidate.Ordinal).Chunk(KlaviyoLimits.EmailsPerLookup),
            InFlight.Lookups,
            async (asked, stopping) => (asked, Consents: await ConsentsAsync(rehearsal, asked, stopping)),
            cancellationToken
        );
        foreach (var (asked, consents) in answers)
        foreach (var candidate in asked)
            decided[candidate.Ordinal] = MemberPass.Decided(
                rehearsal.Scope,
                rehearsal.Sorter,
                candidate,
                consents.GetValueOrDefault(candidate.Email)
            );
        return
        [
            .. found.Select(seen => seen.Decision.Candidate is { } candidate ? seen with { Decision = decided[candidate.Ordinal] } : seen),
        ];
    }

    private async Task<IReadOnlyDictionary<string, EmailConsent>> ConsentsAsync(
        Rehearsal rehearsal,
        Candidate[] asked,
        CancellationToken cancellationToken
    )
    {
        var emails = Array.ConvertAll(asked, candidate => candidate.Email);
        return (await klaviyo.FindConsentsAsync(rehearsal.Scope.Credential, emails, cancellationToken)).ValueOrThrow();
    }

    /// <summary>
    /// Finds the members before the last of these candidates that have an identifier of one of them. They take it only if they are in the
    /// audience.
    /// </summary>
    private async Task<List<Candidate>> RivalsAsync(Rehearsal rehearsal, List<Candidate> candidates, CancellationToken cancellationToken)
    {
        var rivals = new List<Candidate>();
        var identifiers = candidates.SelectMany(rehearsal.Sorter.IdentifiersOf).ToHashSet();
        if (identifiers.Count == 0)
            return rivals;
        var known = candidates.Select(candidate => candidate.Ordinal).ToHashSet();
        var last = known.Max();
        using var again = await rehearsals.OpenAsync(rehearsal.Drafted, sendsUnchanged: true, cancellationToken);
        await foreach (var read in members.MembersAsync(again.Scope, again.Sorter, cancellationToken))
        {
            if (again.Sorter.Admit(read).Candidate is not { } candidate || known.Contains(candidate.Ordinal))
                continue;
            if (candidate.Ordinal > last)
                break;
            if (again.Sorter.IdentifiersOf(candidate).Any(identifiers.Contains))
                rivals.Add(candidate);
        }
        return rivals;
    }
}

/// <summary>A member that was sought.</summary>
/// <param name="Profile">The profile as read.</param>
/// <param name="Decision">What a run would do with it.</param>
internal sealed record SeenMember(Profile Profile, SortedMember Decision);
