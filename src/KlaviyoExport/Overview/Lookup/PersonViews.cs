using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;

namespace KlaviyoExport.Overview.Lookup;

/// <summary>What an export has to do with a person.</summary>
/// <param name="Address">The normalized address by which the export knows the person. Null when there is none.</param>
/// <param name="SourceFault">Why the source cannot be read. Null when it was read.</param>
/// <param name="Profiles">The person's profiles in the source, in the order of a run. Empty when there are none.</param>
/// <param name="Runs">The last ended runs, newest first, with what they did with the person.</param>
public sealed record PersonAtExport(
    int ExportId,
    string Name,
    string ListName,
    SyncMode SyncMode,
    string? Address,
    LocalizedMessage? SourceFault,
    IReadOnlyList<FoundProfile> Profiles,
    IReadOnlyList<PersonInRun> Runs,
    PersonMembership Membership,
    PersonInKlaviyo Klaviyo,
    PersonConclusion Conclusion
)
{
    /// <summary>The profile that a run sends, or else the first one. Null when the source has none.</summary>
    public FoundProfile? Profile => Chosen(Profiles);

    /// <summary>Whether the export has anything to do with the person, or it is not known whether it has.</summary>
    public bool KnowsPerson =>
        SourceFault is not null
        || Profiles.Count > 0
        || Membership.State is not null
        || Klaviyo.IsOnList == true
        || Runs.Any(run => run.Traces.Count > 0);

    internal static FoundProfile? Chosen(IReadOnlyList<FoundProfile> profiles) =>
        profiles.FirstOrDefault(profile => profile is { IsMember: true, SentInstead: null, Address: not null })
        ?? profiles.FirstOrDefault(profile => profile.Address is not null)
        ?? (profiles is [var first, ..] ? first : null);
}

/// <summary>What is stored about a person's membership of the list.</summary>
/// <param name="State">What this export wants of the person. Null when the export has stored nothing.</param>
/// <param name="First">The first delivery by this export. Null when it is not stored.</param>
/// <param name="Last">The last delivery by this export. Null when it is not stored.</param>
/// <param name="HeldBy">
/// The names of all exports to the list that hold the person on it. Null for an export whose addresses the reader may not see.
/// </param>
/// <param name="IsOurs">
/// Whether a delivery of this installation put the person on the list. Null when the person is not on the list, or when Klaviyo does not
/// say since when.
/// </param>
public sealed record PersonMembership(
    MembershipState? State,
    DeliveryWindow? First,
    DeliveryWindow? Last,
    IReadOnlyList<string?> HeldBy,
    bool? IsOurs
);

/// <summary>What Klaviyo says about a person.</summary>
/// <param name="IsAsked">Whether Klaviyo was asked. It is not when there is no address or no connection.</param>
/// <param name="Fault">Why Klaviyo did not answer. Null when it did.</param>
/// <param name="IsOnList">Whether the person is on the list. Null when it is not known.</param>
/// <param name="Joined">When the person joined the list. Null when that is not known.</param>
/// <param name="Consent">The profile with its consent. Null when Klaviyo has no such profile, or did not answer.</param>
public sealed record PersonInKlaviyo(bool IsAsked, LocalizedMessage? Fault, bool? IsOnList, DateTimeOffset? Joined, EmailConsent? Consent)
{
    /// <summary>Klaviyo was not asked.</summary>
    public static PersonInKlaviyo NotAsked { get; } = new(false, null, null, null, null);
}

/// <summary>An ended run and what the store proves that it did with a person.</summary>
/// <param name="Traces">What it did. Empty when nothing is stored.</param>
/// <param name="Silence">What it means that nothing is stored. Null when something is.</param>
public sealed record PersonInRun(int RunId, RunState State, DateTimeOffset? EndedAt, IReadOnlyList<RunTrace> Traces, RunSilence? Silence);

/// <summary>Something that a run or its check did with a person.</summary>
/// <param name="Rejection">Why the run rejected a profile. Null for other traces.</param>
/// <param name="ProfileKey">The key of the rejected profile. Null for other traces.</param>
/// <param name="Difference">What a check after the run found. Null for other traces.</param>
public sealed record RunTrace(
    RunTraceKind Kind,
    RejectionReason? Rejection = null,
    string? ProfileKey = null,
    string? Detail = null,
    ListDifferenceKind? Difference = null
);

public enum RunTraceKind
{
    Rejected,
    Removed,

    /// <summary>Klaviyo accepted the profile.</summary>
    Delivered,

    /// <summary>The profile was sent. It is not certain that it arrived, or the export was changed later.</summary>
    Sent,

    /// <summary>A check of the list after the run found a difference.</summary>
    Differed,
}

/// <summary>Why nothing may be stored about a person for a run.</summary>
public enum RunSilence
{
    /// <summary>The run did not do all its work.</summary>
    NotDelivered,

    /// <summary>The run only repeated or took back a part of another run.</summary>
    Partial,

    /// <summary>The rejections were deleted at the end of their retention period.</summary>
    Purged,

    /// <summary>The run sent profiles between the first and the last delivery of the person. Only these two are stored.</summary>
    Between,

    /// <summary>The profile had not changed since the last delivery.</summary>
    Unchanged,

    /// <summary>The person was not in the segments, or the profile had not changed, or what the run did is not stored any more.</summary>
    UnchangedOrAbsent,
}
