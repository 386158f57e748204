using KlaviyoExport.Data;

namespace KlaviyoExport.Runs;

/// <summary>Selects the rejections that a run sends again.</summary>
internal static class RetryScope
{
    /// <summary>The reasons for which sending again can help.</summary>
    public static readonly IReadOnlyList<RejectionReason> Retriable =
    [
        .. Enum.GetValues<RejectionReason>().Where(reason => reason.IsRetriable()),
    ];

    /// <summary>Selects the rejections of a run by their reasons.</summary>
    public static IQueryable<Rejection> Of(AppDb db, int runId, IReadOnlyList<RejectionReason> reasons) =>
        db.Set<Rejection>().Where(rejection => rejection.RunId == runId && reasons.Contains(rejection.Reason));

    /// <summary>Returns the first timeline entry of a run that sends rejected profiles again.</summary>
    /// <param name="runId">The run that rejected the profiles.</param>
    /// <param name="count">The number of profiles rejected for these reasons.</param>
    /// <param name="reasons">One or more reasons.</param>
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
