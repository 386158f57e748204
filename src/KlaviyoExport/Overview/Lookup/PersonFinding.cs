using KlaviyoExport.Runs;
using KlaviyoExport.Segments;

namespace KlaviyoExport.Overview.Lookup;

/// <summary>Why a person is on a list or not, in one word.</summary>
public enum PersonFinding
{
    /// <summary>On the list, but Klaviyo sends no email to the address.</summary>
    OnListSuppressed,

    /// <summary>On the list, but without consent to email marketing.</summary>
    OnListWithoutConsent,

    /// <summary>On the list, and a member of a segment.</summary>
    OnList,

    /// <summary>On the list, and the source cannot be read.</summary>
    OnListSourceUnknown,

    /// <summary>Not in the segments, and another export holds the person on the list.</summary>
    StaysForOther,

    /// <summary>Not in the segments, and on the list without a delivery of this installation.</summary>
    StaysBeforeUs,

    /// <summary>Not in the segments, and the export never takes anyone off.</summary>
    StaysByMode,

    /// <summary>Not in the segments, and the next run takes the person off the list.</summary>
    LeavesNext,

    SourceUnknown,
    NotInSource,
    EmailEmpty,
    EmailInvalid,
    NotInSegments,

    /// <summary>In a segment, and left out because of an excluded segment.</summary>
    Excluded,

    /// <summary>A segment cannot be read, and no other one has the person.</summary>
    SegmentUnknown,

    /// <summary>Taken off in Klaviyo, and the export respects that.</summary>
    TakenOff,

    /// <summary>Taken off in Klaviyo, and the export puts the person back.</summary>
    TakenOffPutBack,

    /// <summary>A member, not on the list, and the audience of the export leaves the person out.</summary>
    OutsideAudience,

    /// <summary>On the list, and the next run takes the person off, because the audience of the export leaves the person out.</summary>
    OutsideAudienceLeavesNext,
    Detached,

    /// <summary>A member, and Klaviyo did not answer.</summary>
    KlaviyoUnknown,

    /// <summary>The last run that did anything with the profile rejected it.</summary>
    Rejected,

    /// <summary>Delivered, and not on the list any more.</summary>
    DeliveredAndGone,

    /// <summary>A member, and no run has delivered the profile yet.</summary>
    NotDelivered,
}

/// <summary>The conclusion about a person and an export, with what a sentence about it needs.</summary>
/// <param name="Segment">The segment that the person is not in, or that leaves the person out.</param>
/// <param name="Condition">The first condition that is not met.</param>
/// <param name="Run">The run that tells most about the person.</param>
/// <param name="Trace">What that run did.</param>
/// <param name="Reason">Why the audience of the export leaves the person out.</param>
public sealed record PersonConclusion(
    PersonFinding Finding,
    SegmentVerdict? Segment = null,
    DecidingCondition? Condition = null,
    PersonInRun? Run = null,
    RunTrace? Trace = null,
    RejectionReason? Reason = null
);
