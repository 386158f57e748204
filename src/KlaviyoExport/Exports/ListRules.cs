namespace KlaviyoExport.Exports;

/// <summary>What happens with a member of the segments whom somebody has taken off the list in Klaviyo.</summary>
public enum WhenRemovedByHand
{
    /// <summary>The person stays off the list: perhaps the person asked for it.</summary>
    Respect,

    /// <summary>The next run puts the person on the list again.</summary>
    PutBack,
}

/// <summary>How often the list is compared with what the export should have on it.</summary>
public enum VerifyList
{
    /// <summary>Only when a person asks for it.</summary>
    OnRequest,
    Daily,
    Weekly,
}

/// <summary>How an export treats the list that it shares with other exports and with people who change it in Klaviyo.</summary>
public sealed record ListRules
{
    public const double LeastShare = 0.01;

    public const double MostShare = 100;

    public const int MostAtLeast = 1_000_000;

    public WhenRemovedByHand WhenRemovedByHand { get; init; }

    public VerifyList Verify { get; init; }

    /// <summary>
    /// The minimum difference to the last run that requires approval, as a share of that run's profiles, from 0.01 to 100. Null for the
    /// value of the installation.
    /// </summary>
    public double? ApprovalShare { get; init; }

    /// <summary>
    /// A difference of fewer profiles than this never requires approval. From 1 to 1,000,000. Null for the value of the installation.
    /// </summary>
    public int? ApprovalAtLeast { get; init; }
}
