using KlaviyoExport.Lists;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Tells from when on a run may send what it has prepared, although it still reads members: when neither the cap nor the need of an
/// approval nor the guard against an empty list can stop it any more, whatever the remaining members are.
/// </summary>
/// <param name="Total">The number of members. Null when it is not certain before all were read; then nothing is sent before.</param>
/// <param name="Cap">The maximum number of deliverable profiles.</param>
/// <param name="Approval">Null when the run never waits for approval.</param>
/// <param name="Mirrors">Whether the run takes people off the list.</param>
internal sealed record SendingClearance(long? Total, int Cap, ApprovalOutlook? Approval, bool Mirrors)
{
    /// <param name="sorter">What was read so far.</param>
    /// <param name="read">The number of members that were read.</param>
    public bool IsGiven(MemberSorter sorter, long read) => IsGiven(read, sorter.Deliverable, sorter.Ledger.Respected, sorter.MostLeaving);

    /// <param name="read">The number of members that were read.</param>
    /// <param name="deliverable">Those that are delivered, changed or not.</param>
    /// <param name="respected">Those who were taken off the list in Klaviyo.</param>
    /// <param name="leaving">The people who would leave the list if no further member were read.</param>
    public bool IsGiven(long read, long deliverable, long respected, long leaving)
    {
        if (Total is not { } total)
            return false;
        var most = deliverable + Math.Max(0, total - read);
        var removals = Mirrors ? leaving : 0;
        return most <= Cap
            && Approval?.MayNeedApproval(deliverable, most, removals) != true
            && (removals == 0 || deliverable + respected > 0);
    }
}
