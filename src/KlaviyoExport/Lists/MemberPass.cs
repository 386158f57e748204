using System.Runtime.CompilerServices;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;

namespace KlaviyoExport.Lists;

/// <summary>
/// Reads the members of an export once and decides for each whether it is sent. Runs, checks of lists and forecasts use it, so they agree.
/// It writes nothing.
/// </summary>
internal sealed class MemberPass(SegmentReader segments, KlaviyoClient klaviyo)
{
    /// <summary>Returns one item for each member.</summary>
    /// <param name="scope">The export and how its members are decided.</param>
    /// <param name="sorter">Decides, and counts in its ledger. It must be new.</param>
    /// <param name="cancellationToken">Cancels the pass.</param>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused to say who is in the audience.</exception>
    /// <exception cref="KlaviyoUnavailableException">Klaviyo is unavailable.</exception>
    public async IAsyncEnumerable<SortedMember> ReadAsync(
        PassScope scope,
        MemberSorter sorter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var lookup = new ConsentLookup(klaviyo, scope.Credential, cancellationToken);
        await foreach (var read in MembersAsync(scope, sorter, cancellationToken))
        {
            var isTaken = scope.Takes?.Invoke(read.Profile.Key) != false;
            var (candidate, rejection) = isTaken ? sorter.Admit(read) : (sorter.PassOver(read), null);
            if (candidate is null)
                yield return isTaken ? new SortedMember(null, rejection) : SortedMember.PassedOver;
            else if (!scope.AsksKlaviyo)
                yield return Decided(sorter, candidate);
            else
                // Identifiers are taken in the order of reading, also by those who wait for no answer.
                foreach (var (answered, consent) in await lookup.AddAsync(candidate))
                    yield return Decided(scope, sorter, answered, consent);
        }
        await foreach (var (answered, consent) in lookup.RestAsync())
            yield return Decided(scope, sorter, answered, consent);
    }

    /// <summary>Reads the members with the values that the export sends, the address first.</summary>
    /// <param name="scope">The export.</param>
    /// <param name="sorter">The sorter to which the members are given.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public IAsyncEnumerable<AddressedProfile> MembersAsync(PassScope scope, MemberSorter sorter, CancellationToken cancellationToken)
    {
        var export = scope.Export;
        return ReadAhead.OfAsync(
            scope.Members?.ReadAsync(export.FieldsRead, cancellationToken)
                ?? segments.ReadAsync(export.Source!, export.Selection, export.FieldsRead, cancellationToken),
            sorter.Hasher,
            cancellationToken
        );
    }

    /// <summary>Decides about an admitted member of whom Klaviyo was asked.</summary>
    /// <param name="scope">The export.</param>
    /// <param name="sorter">Counts the member.</param>
    /// <param name="candidate">The admitted member.</param>
    /// <param name="consent">What Klaviyo says. Null when there is no profile.</param>
    public static SortedMember Decided(PassScope scope, MemberSorter sorter, Candidate candidate, EmailConsent? consent)
    {
        if (candidate.IsPassedOver)
            return Decided(sorter, candidate);
        var decided = scope.Export.Audience.WhyOutside(consent, scope.ListId) is { } reason
            ? new SortedMember(null, sorter.LeaveOut(candidate, reason)) { Candidate = candidate }
            : Decided(sorter, candidate);
        return decided with { Consent = consent };
    }

    /// <summary>Decides about a member of an export without a limited audience.</summary>
    public static SortedMember Decided(MemberSorter sorter, Candidate candidate)
    {
        if (!candidate.IsPassedOver)
            return sorter.Write(candidate);
        sorter.Claim(candidate);
        return SortedMember.PassedOver;
    }
}

/// <summary>An export and how its members are decided.</summary>
/// <param name="Export">The export with its source and segments.</param>
/// <param name="ListId">The list in Klaviyo.</param>
/// <param name="Credential">The key or tokens of the account.</param>
internal sealed record PassScope(Export Export, string ListId, KlaviyoCredential Credential)
{
    private readonly bool _always;

    /// <summary>The members, which are already counted. Null to open the source for the pass alone.</summary>
    public CountedMembers? Members { get; init; }

    /// <summary>Decides by the key which members are sent. The others only take their addresses. Null for all members.</summary>
    public Func<string, bool>? Takes { get; init; }

    /// <summary>
    /// Whether Klaviyo is asked about every admitted member. True for exports with a limited audience; set it to ask for all.
    /// </summary>
    public bool AsksKlaviyo
    {
        get => _always || Export.Audience.IsLimited;
        init => _always = value;
    }
}

/// <summary>What was decided about a member: a row to send, a rejection, or neither for an unchanged profile.</summary>
internal readonly record struct SortedMember(BatchRow? Row, NewRejection? Rejection)
{
    /// <summary>A member that this run does not send.</summary>
    public static SortedMember PassedOver { get; } = new(null, null);

    /// <summary>What was done with values of the row instead of sending them as they are.</summary>
    public IReadOnlyList<ValueEffect> Effects { get; init; } = [];

    /// <summary>The member, when its address was admitted.</summary>
    public Candidate? Candidate { get; init; }

    /// <summary>What Klaviyo says about the person. Null when it was not asked, or when there is no profile.</summary>
    public EmailConsent? Consent { get; init; }
}
