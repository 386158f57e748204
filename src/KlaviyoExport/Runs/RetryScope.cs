using KlaviyoExport.Data;

namespace KlaviyoExport.Runs;

/// <summary>Which rejections a run sends again.</summary>
internal static class RetryScope
{
    /// <summary>
    /// What sending again can mend. Who could not be taken off a list is no member; the next ordinary run tries that again.
    /// </summary>
    public static readonly IReadOnlyList<RejectionReason> Retriable =
    [
        .. Enum.GetValues<RejectionReason>().Where(reason => reason != RejectionReason.NotRemoved),
    ];

    /// <summary>The rejections of a run for some reasons.</summary>
    public static IQueryable<Rejection> Of(AppDb db, int runId, IReadOnlyList<RejectionReason> reasons) =>
        db.Set<Rejection>().Where(rejection => rejection.RunId == runId && reasons.Contains(rejection.Reason));

    /// <summary>The first line of such a run's timeline.</summary>
    /// <param name="runId">The run that rejected them.</param>
    /// <param name="count">How many it rejected for these reasons.</param>
    /// <param name="reasons">At least one.</param>
    public static LocalizedMessage Say(int runId, int count, IEnumerable<RejectionReason> reasons) =>
        new(
            "Delivery.RetriesRejected",
            runId,
            count,
            reasons
                .Select(reason => new LocalizedMessage($"Delivery.Reason.{reason}"))
                .Aggregate((all, reason) => new LocalizedMessage("Delivery.ReasonsJoined", all, reason))
        );
}
