using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>
/// Shows some members of an export as a run would send them, or why it would not. It contains email addresses, so it is for people who may
/// save the export: the same people may see rejected addresses.
/// </summary>
public sealed class MemberPreview
{
    /// <summary>The largest number of members that are shown.</summary>
    public const int Most = 10;

    private readonly DraftedExports _exports;
    private readonly Rehearsals _rehearsals;
    private readonly MemberPass _members;
    private readonly KlaviyoClient _klaviyo;

    internal MemberPreview(DraftedExports exports, Rehearsals rehearsals, MemberPass members, KlaviyoClient klaviyo) =>
        (_exports, _rehearsals, _members, _klaviyo) = (exports, rehearsals, members, klaviyo);

    /// <summary>Returns members of an export as a form describes it, in the order of their keys.</summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="draft">The form.</param>
    /// <param name="text">
    /// The key of a member, or a part of a value that is sent; letters are compared without case. The member with this key comes first.
    /// Null or empty for the first members.
    /// </param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>At most <see cref="Most"/> members.</returns>
    /// <exception cref="NotAllowedException">The person may not save the export.</exception>
    /// <exception cref="LocalizedException">The form is not complete, the source cannot be read, or Klaviyo does not answer.</exception>
    public async Task<IReadOnlyList<PreviewedMember>> ReadAsync(
        Actor actor,
        ExportDraft draft,
        string? text,
        CancellationToken cancellationToken
    )
    {
        var drafted = await _exports.ReadAsync(actor, draft, cancellationToken);
        try
        {
            using var rehearsal = await _rehearsals.OpenAsync(drafted, sendsUnchanged: true, cancellationToken);
            var found = await FindAsync(rehearsal, text?.Trim() ?? "", cancellationToken);
            var consents = await ConsentsAsync(rehearsal, found, cancellationToken);
            // They are decided in the order of reading. Sorting is stable.
            var shown = found.ConvertAll(member => Show(rehearsal, member, consents));
            return [.. shown.OrderByDescending(member => member.Key == text?.Trim())];
        }
        catch (Exception fault) when (fault is KlaviyoUnavailableException or KlaviyoRefusedException or CryptographicException)
        {
            throw new LocalizedException(RunFault.Of(fault, drafted.Export.ListId).Outcome.Message);
        }
    }

    private async Task<List<Found>> FindAsync(Rehearsal rehearsal, string text, CancellationToken cancellationToken)
    {
        var found = new List<Found>(Most);
        await foreach (var profile in _members.ProfilesAsync(rehearsal.Scope.Export, cancellationToken))
        {
            var isNamed = text.Length > 0 && string.Equals(profile.Key, text, StringComparison.Ordinal);
            if (isNamed && found.Count == Most)
                found.RemoveAt(Most - 1);
            if (found.Count < Most && (isNamed || Matches(profile, text)))
                found.Add(new Found(profile, Sort(rehearsal, profile)));
            else
                PassOver(rehearsal, profile);
            if (text.Length == 0 && found.Count == Most)
                break;
        }
        return found;
    }

    /// <summary>Decides a member at once, unless Klaviyo must be asked.</summary>
    private static SortedMember Sort(Rehearsal rehearsal, Profile profile)
    {
        var (candidate, rejection) = rehearsal.Sorter.Admit(profile);
        if (candidate is null)
            return new SortedMember(null, rejection);
        return rehearsal.Scope.Export.Audience.IsLimited
            ? new SortedMember(null, null) { Candidate = candidate }
            : MemberPass.Decided(rehearsal.Sorter, candidate);
    }

    /// <summary>
    /// The first member with an address, a phone number or an external id has it. Whether the audience contains a member that is not shown
    /// is not known, so of such a member only the address counts.
    /// </summary>
    private static void PassOver(Rehearsal rehearsal, Profile profile)
    {
        if (rehearsal.Scope.Export.Audience.IsLimited)
            rehearsal.Sorter.Admit(profile);
        else
            rehearsal.Sorter.PassOver(profile);
    }

    private static bool Matches(Profile profile, string text) =>
        text.Length == 0
        || profile.Key.Contains(text, StringComparison.OrdinalIgnoreCase)
        || profile.Values.Any(value => value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);

    private async Task<IReadOnlyDictionary<string, EmailConsent>> ConsentsAsync(
        Rehearsal rehearsal,
        List<Found> found,
        CancellationToken cancellationToken
    )
    {
        var emails = found.Select(member => member.Sorted.Candidate?.Email).OfType<string>().ToList();
        return rehearsal.Drafted.Export.Audience.IsLimited && emails.Count > 0
            ? (await _klaviyo.FindConsentsAsync(rehearsal.Drafted.Credential, emails, cancellationToken)).ValueOrThrow()
            : new Dictionary<string, EmailConsent>();
    }

    private static PreviewedMember Show(Rehearsal rehearsal, Found member, IReadOnlyDictionary<string, EmailConsent> consents)
    {
        var sorted = member.Sorted;
        if (sorted is { Row: null, Rejection: null, Candidate: { } candidate })
            sorted = MemberPass.Decided(rehearsal.Scope, rehearsal.Sorter, candidate, consents.GetValueOrDefault(candidate.Email));
        var (row, rejection) = sorted;
        return new PreviewedMember(
            member.Profile.Key,
            member.Profile.Values[0],
            row is null ? null : Encoding.UTF8.GetString(row.Json),
            rejection?.Reason,
            rejection?.Detail,
            row is not null
                && rehearsal.Drafted.SyncMode != SyncMode.Full
                && rehearsal.Known.Delivered.TryGetValue(sorted.Candidate!.Hash, out var delivered)
                && delivered == Hash16.OfContent(row.Json)
        )
        {
            AddressFault = rejection?.AddressFault,
            Values = [.. sorted.Effects.Select(effect => new PreviewedValue(effect.Attribute, effect.Effect, effect.Note))],
        };
    }

    private sealed record Found(Profile Profile, SortedMember Sorted);
}

/// <summary>A member as a run would treat it.</summary>
/// <param name="Key">The key in the source.</param>
/// <param name="Email">The address as in the source. Null when there is none.</param>
/// <param name="Json">The profile, exactly as in the request body. Null when it is left out.</param>
/// <param name="LeftOut">Why the run does not send it. Null when it does, or when it is unchanged.</param>
/// <param name="Detail">
/// The key of the member with the same address that is sent instead, or the attribute whose value costs the profile. Null for other reasons.
/// </param>
/// <param name="IsUnchanged">Whether the run does not send it, because Klaviyo accepted the same values from this export.</param>
public sealed record PreviewedMember(string Key, string? Email, string? Json, RejectionReason? LeftOut, string? Detail, bool IsUnchanged)
{
    /// <summary>What is wrong with an invalid address. Null otherwise.</summary>
    public LocalizedMessage? AddressFault { get; init; }

    /// <summary>The values that are left out, or sent otherwise than they are in the source.</summary>
    public IReadOnlyList<PreviewedValue> Values { get; init; } = [];
}

/// <summary>What a run would do with a value of a member.</summary>
/// <param name="Attribute">The path of the Klaviyo attribute or property.</param>
/// <param name="Effect">What it would do.</param>
/// <param name="Note">What a typing error probably means. Null for other effects.</param>
public sealed record PreviewedValue(string Attribute, FieldEffect Effect, string? Note);
