using KlaviyoExport.Data;

namespace KlaviyoExport.Lists;

public enum ListCheckState
{
    Queued,
    Checking,
    Done,
    Failed,
    Canceled,
}

/// <summary>One comparison of a Klaviyo list's members with those whom a run should have put there.</summary>
public sealed class ListCheck : IVersioned
{
    public int Id { get; set; }

    public int RunId { get; set; }

    public ListCheckState State { get; set; }

    public required string RequestedBy { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? CancelRequestedBy { get; set; }

    /// <summary>Profiles of the segments, as they are when the check reads them, that the run should have on the list.</summary>
    public long Expected { get; set; }

    /// <summary>Members of the list at Klaviyo.</summary>
    public long Members { get; set; }

    /// <summary>Expected and not on the list.</summary>
    public long Missing { get; set; }

    /// <summary>On the list and not expected.</summary>
    public long Unexpected { get; set; }

    /// <summary>In words: what it found, or why it failed.</summary>
    public LocalizedMessage? Outcome { get; set; }

    public int Version { get; set; }
}

public enum ListDifferenceKind
{
    /// <summary>Should be on the list and is not.</summary>
    Missing,

    /// <summary>Is on the list, and this export's segments do not hold it.</summary>
    Unexpected,
}

/// <summary>One profile in which a list differs from what was expected.</summary>
public sealed class ListDifference
{
    public long Id { get; set; }

    public int CheckId { get; set; }

    public ListDifferenceKind Kind { get; set; }

    /// <summary>The profile's key in its source; null for one that is not in the segments.</summary>
    public string? ProfileKey { get; set; }

    /// <summary>Klaviyo's id of the profile; null for one that is not on the list.</summary>
    public string? KlaviyoId { get; set; }

    /// <summary>Encrypted; null for a profile without an address.</summary>
    public byte[]? Email { get; set; }
}
