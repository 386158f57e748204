using KlaviyoExport.Runs;

namespace KlaviyoExport.Lists;

/// <summary>What an export wants of a person on its list.</summary>
public enum MembershipState
{
    /// <summary>The person is a member of the export's segments and was delivered: the export holds the person on the list.</summary>
    Held,

    /// <summary>
    /// The person has left the export's segments and was not taken off the list, because another export held the person or because only
    /// mirror exports take people off. That this installation put the person on the list is not forgotten.
    /// </summary>
    Released,

    /// <summary>
    /// The call that takes the person off the list is being made. It is stored before the call, so that a run that is interrupted counts the
    /// person as removed.
    /// </summary>
    Removing,

    /// <summary>
    /// A check has found that the person is not on the list any more, although the export held the person: somebody has taken the person
    /// off in Klaviyo. When that export is removed, another one to the list gets such a row. When the person's data is erased, the row
    /// stays, with nothing but the hash.
    /// </summary>
    RemovedByHand,
}

/// <summary>
/// A person whom an export has delivered to its list. The exports of an account with the same list share it: a person leaves the list when
/// no export holds the person any more, and only if a delivery of this installation put the person there.
/// </summary>
public sealed class Membership
{
    public int ExportId { get; set; }

    /// <summary>The keyed hash of the normalized email address.</summary>
    public required byte[] EmailHash { get; set; }

    public MembershipState State { get; set; }

    /// <summary>
    /// The hash of the profile as it was prepared, with the values that Klaviyo has refused. It differs when a mapped value has changed.
    /// All bits are 0 when the profile may not have arrived, and 1 when the person is on the list and is to be sent again.
    /// </summary>
    public required byte[] Fingerprint { get; set; }

    /// <summary>
    /// The email address, encrypted by <see cref="AddressCipher"/>. It is stored for mirror exports only, because Klaviyo needs it to find
    /// the person who is to leave the list.
    /// </summary>
    public byte[]? Email { get; set; }

    /// <summary>
    /// The run that found that the person has left the segments. Null while the person is a member, and after that run.
    /// </summary>
    public int? LeavingRunId { get; set; }

    /// <summary>The run that ended the export's hold on the person. Null while the export holds the person.</summary>
    public int? ReleasedRunId { get; set; }

    /// <summary>
    /// The start of the first delivery of the person by this export, by Klaviyo's clock: of the first after somebody has taken the person off
    /// the list, if that was noticed. Null in between, and for a delivery by an older version of the product, which did not store it.
    /// </summary>
    public DateTimeOffset? FirstFrom { get; set; }

    /// <summary>The end of the first delivery.</summary>
    public DateTimeOffset? FirstUntil { get; set; }

    /// <summary>
    /// The start of the last delivery. Equal to <see cref="FirstFrom"/> when there was only one. When another export to the list has been
    /// removed, the first and the last are two deliveries by either of them.
    /// </summary>
    public DateTimeOffset? LastFrom { get; set; }

    /// <summary>The end of the last delivery.</summary>
    public DateTimeOffset? LastUntil { get; set; }

    /// <summary>
    /// Whether a person who joined the list at this time joined it through a delivery of this export. Klaviyo gives times in whole seconds.
    /// </summary>
    public bool Explains(DateTimeOffset joined) => Contains(FirstFrom, FirstUntil, joined) || Contains(LastFrom, LastUntil, joined);

    /// <summary>Whether a person who joined the list at this time joined it through the last delivery of this export.</summary>
    public bool JoinedLast(DateTimeOffset joined) => Contains(LastFrom, LastUntil, joined);

    /// <summary>Whether nothing is stored but that somebody has taken the person off the list.</summary>
    internal bool IsBare =>
        this is { State: MembershipState.RemovedByHand, Email: null, LastFrom: null } && Array.TrueForAll(Fingerprint, part => part == 0);

    private static bool Contains(DateTimeOffset? from, DateTimeOffset? until, DateTimeOffset joined) =>
        from is { } start && until is { } end && new DeliveryWindow(start, end).Contains(joined);
}
