using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;

namespace KlaviyoExport.Overview.Lookup;

/// <summary>Decides which of all facts about a person and an export answers the question.</summary>
internal static class Conclusions
{
    public static PersonConclusion Of(
        Export export,
        LocalizedMessage? sourceFault,
        FoundProfile? profile,
        IReadOnlyList<PersonInRun> runs,
        PersonMembership membership,
        PersonInKlaviyo klaviyo
    )
    {
        if (klaviyo is { IsOnList: true, Consent: { Suppressions.Count: > 0 } or { ListSuppressions.Count: > 0 } })
            return new(PersonFinding.OnListSuppressed);
        if (sourceFault is not null)
            return new(klaviyo.IsOnList == true ? PersonFinding.OnListSourceUnknown : PersonFinding.SourceUnknown);
        if (klaviyo.IsOnList == true)
            return profile is { IsMember: true } ? Member(export, membership, klaviyo) : Left(export, membership);
        if (WhyNotSent(profile) is { } reason)
            return reason;
        if (membership.State == MembershipState.RemovedByHand || IsRejected(runs, RejectionReason.RemovedByHand))
            return new(
                export.ListRules.WhenRemovedByHand == WhenRemovedByHand.Respect ? PersonFinding.TakenOff : PersonFinding.TakenOffPutBack,
                Run: runs.LastOrDefault(run => run.Traces.Any(IsTakenOff))
            );
        if (export.ConnectionId is null)
            return new(PersonFinding.Detached);
        if (klaviyo.IsOnList == false && export.Audience.WhyOutside(klaviyo.Consent, export.ListId) is { } outside)
            return new(PersonFinding.OutsideAudience, Reason: outside);
        if (LastRejection(runs) is (var run, var trace))
            return new(PersonFinding.Rejected, Run: run, Trace: trace);
        if (klaviyo.IsOnList is null)
            return new(PersonFinding.KlaviyoUnknown);
        return new(membership.State is null ? PersonFinding.NotDelivered : PersonFinding.DeliveredAndGone);
    }

    private static PersonConclusion Member(Export export, PersonMembership membership, PersonInKlaviyo klaviyo)
    {
        if (
            export.Audience.WhyOutside(klaviyo.Consent, export.ListId) is { } reason
            && Left(export, membership).Finding == PersonFinding.LeavesNext
        )
            return new(PersonFinding.OutsideAudienceLeavesNext, Reason: reason);
        return new(
            klaviyo.Consent is { State: EmailConsentState.Unsubscribed or EmailConsentState.NeverSubscribed }
                ? PersonFinding.OnListWithoutConsent
                : PersonFinding.OnList
        );
    }

    private static PersonConclusion Left(Export export, PersonMembership membership) =>
        new(
            membership.HeldBy.Any(name => name != export.Name) ? PersonFinding.StaysForOther
            : membership.IsOurs != true ? PersonFinding.StaysBeforeUs
            : export.SyncMode == SyncMode.Mirror && membership.State is not null ? PersonFinding.LeavesNext
            : PersonFinding.StaysByMode
        );

    /// <summary>Returns why a run would not send the profile. Null when it would.</summary>
    private static PersonConclusion? WhyNotSent(FoundProfile? profile)
    {
        if (profile is null)
            return new(PersonFinding.NotInSource);
        if (profile.Email is null)
            return new(PersonFinding.EmailEmpty);
        if (profile.Address is null)
            return new(PersonFinding.EmailInvalid);
        if (profile.IsMember)
            return null;
        if (profile.ExcludedBy is { } excluding && profile.Segments.Any(one => one.IsMember == true))
            return new(PersonFinding.Excluded, excluding);
        if (profile.Segments.Concat(profile.Excluding).FirstOrDefault(segment => segment.IsMember is null) is { } unread)
            return new(PersonFinding.SegmentUnknown, unread);
        var segment = profile.Segments is [var one, ..] ? one : null;
        return new(PersonFinding.NotInSegments, segment, segment is { Deciding: [var first, ..] } ? first : null);
    }

    /// <summary>Returns the rejection by the newest run that did anything with the person, unless that run delivered another profile.</summary>
    private static (PersonInRun Run, RunTrace Trace)? LastRejection(IReadOnlyList<PersonInRun> runs)
    {
        var run = runs.FirstOrDefault(run => run.Traces.Any(trace => trace.Kind != RunTraceKind.Differed));
        if (run is null || run.Traces.Any(trace => trace.Kind is RunTraceKind.Delivered or RunTraceKind.Sent))
            return null;
        return run.Traces.FirstOrDefault(IsRefusal) is { } trace ? (run, trace) : null;
    }

    private static bool IsRefusal(RunTrace trace) =>
        trace is { Kind: RunTraceKind.Rejected, Rejection: not (RejectionReason.DuplicateEmail or RejectionReason.KeptOnList) };

    private static bool IsRejected(IReadOnlyList<PersonInRun> runs, RejectionReason reason) =>
        runs.FirstOrDefault(run => run.Traces.Count > 0)?.Traces.Any(trace => trace.Rejection == reason) == true;

    private static bool IsTakenOff(RunTrace trace) =>
        trace.Rejection == RejectionReason.RemovedByHand || trace.Difference == ListDifferenceKind.RemovedByHand;
}
