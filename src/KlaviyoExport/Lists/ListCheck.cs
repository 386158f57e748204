using KlaviyoExport.Data;

namespace KlaviyoExport.Lists;

/// <summary>The state of a comparison. Done, failed and canceled ones do not change any more.</summary>
public enum ListCheckState
{
    Queued,
    Checking,
    Done,
    Failed,
    Canceled,
}

/// <summary>A comparison of the members of a Klaviyo list with the profiles that a run should have put there.</summary>
public sealed class ListCheck : IVersioned
{
    public int Id { get; set; }

    public int RunId { get; set; }

    public ListCheckState State { get; set; }

    /// <summary>Whether the export's own schedule has requested the check.</summary>
    public bool IsScheduled { get; set; }

    /// <summary>The name of the person who requested the check. Empty for a scheduled one.</summary>
    public required string RequestedBy { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? CancelRequestedBy { get; set; }

    /// <summary>The number of profiles that the run should have on the list, according to the segments at the time of the check.</summary>
    public long Expected { get; set; }

    /// <summary>The number of members of the list in Klaviyo.</summary>
    public long Members { get; set; }

    /// <summary>
    /// The number of expected profiles that are not on the list, without <see cref="RemovedByHand"/>. The next run sends them.
    /// </summary>
    public long Missing { get; set; }

    /// <summary>The number of list members that are not expected and that no export to the list holds.</summary>
    public long Unexpected { get; set; }

    /// <summary>The number of expected profiles that somebody has taken off the list in Klaviyo.</summary>
    public long RemovedByHand { get; set; }

    /// <summary>
    /// The number of people who were found taken off the list and are not stored as such, because they are too many: the list was probably
    /// emptied or created again. 0 when all were stored.
    /// </summary>
    public long Withheld { get; set; }

    /// <summary>Whether a person has confirmed that people were taken off the list on purpose, however many they are.</summary>
    public bool AcceptsRemovals { get; set; }

    /// <summary>
    /// The number of list members that are not in the segments and that an export to the list holds: another one, or the export itself,
    /// whose next run lets them go.
    /// </summary>
    public long OfOthers { get; set; }

    /// <summary>The result of the check, or the reason why it failed, as text for people.</summary>
    public LocalizedMessage? Outcome { get; set; }

    public int Version { get; set; }
}

/// <summary>How a profile differs between a list and what is expected on it.</summary>
public enum ListDifferenceKind
{
    /// <summary>Expected, but not on the list. The next run sends the profile.</summary>
    Missing,

    /// <summary>On the list, but not in the segments of the export, and held by no export to the list.</summary>
    Unexpected,

    /// <summary>Expected and once on the list, but not on it any more: somebody has taken the profile off in Klaviyo.</summary>
    RemovedByHand,
}

/// <summary>A profile in which a list differs from what is expected.</summary>
public sealed class ListDifference
{
    public long Id { get; set; }

    public int CheckId { get; set; }

    public ListDifferenceKind Kind { get; set; }

    /// <summary>The key of the profile in its source. Null when it is not in the segments.</summary>
    public string? ProfileKey { get; set; }

    /// <summary>Klaviyo's ID of the profile. Null when it is not on the list.</summary>
    public string? KlaviyoId { get; set; }

    /// <summary>The encrypted email address. Null when the profile has none.</summary>
    public byte[]? Email { get; set; }
}
