using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;

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
    private readonly MemberLook _look;

    internal MemberPreview(DraftedExports exports, Rehearsals rehearsals, MemberLook look) =>
        (_exports, _rehearsals, _look) = (exports, rehearsals, look);

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
            var found = await _look.ReadAsync(rehearsal, new MemberSearch(text?.Trim() ?? "", Most), cancellationToken);
            return [.. found.Select(member => Show(rehearsal, member))];
        }
        catch (Exception fault) when (fault is KlaviyoUnavailableException or KlaviyoRefusedException or CryptographicException)
        {
            throw new LocalizedException(RunFault.Of(fault, drafted.Export.ListId).Outcome.Message);
        }
    }

    private static PreviewedMember Show(Rehearsal rehearsal, SeenMember member)
    {
        var (row, rejection) = member.Decision;
        return new PreviewedMember(
            member.Profile.Key,
            member.Profile.Values[0],
            row is null ? null : Encoding.UTF8.GetString(row.Json),
            rejection?.Reason,
            rejection?.Reason == RejectionReason.DuplicateEmail ? rejection.Detail : null,
            row is not null
                && rehearsal.Drafted.SyncMode != SyncMode.Full
                && rehearsal.Known.Delivered.FingerprintOf(member.Decision.Candidate!.Hash) == Hash16.OfContent(row.Json)
        )
        {
            Effects = member.Decision.Effects,
            AddressFault = rejection?.AddressFault,
            Attribute = rejection is { Reason: not RejectionReason.DuplicateEmail, Detail: { } attribute } ? attribute : null,
        };
    }
}

/// <summary>A member as a run would treat it.</summary>
/// <param name="Key">The key in the source.</param>
/// <param name="Email">The address as in the source. Null when there is none.</param>
/// <param name="Json">The profile, exactly as in the request body. Null when it is left out.</param>
/// <param name="LeftOut">Why the run does not send it. Null when it does, or when it is unchanged.</param>
/// <param name="DuplicateOf">The key of the member with the same address that is sent instead.</param>
/// <param name="IsUnchanged">Whether the run does not send it, because Klaviyo accepted the same values from this export.</param>
public sealed record PreviewedMember(
    string Key,
    string? Email,
    string? Json,
    RejectionReason? LeftOut,
    string? DuplicateOf,
    bool IsUnchanged
)
{
    /// <summary>What was done with values of the profile instead of sending them as they are.</summary>
    public IReadOnlyList<ValueEffect> Effects { get; init; } = [];

    /// <summary>Why the address is invalid. Null for other reasons.</summary>
    public LocalizedMessage? AddressFault { get; init; }

    /// <summary>The attribute because of whose value it is left out. Null for other reasons.</summary>
    public string? Attribute { get; init; }
}
