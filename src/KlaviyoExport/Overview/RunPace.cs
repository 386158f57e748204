using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>
/// Estimates the speed of a run's current stage and the time left. The estimate uses the average rate since the stage started. It is never
/// shorter than Klaviyo's rate limits allow.
/// </summary>
internal static class RunPace
{
    private static readonly TimeSpan TooEarlyToTell = TimeSpan.FromSeconds(2);

    /// <returns>Profiles per second. Null while it cannot be determined.</returns>
    public static double? Rate(RunFacts run, DateTimeOffset now) =>
        IsAtWork(run) && run is { Done: > 0, StageStartedAt: { } began } && now - began >= TooEarlyToTell
            ? run.Done / (now - began).TotalSeconds
            : null;

    /// <returns>The time left in the current stage. Null while it cannot be determined.</returns>
    public static TimeSpan? TimeLeft(RunFacts run, IReadOnlyList<BatchFacts> batches, DateTimeOffset now)
    {
        if (!IsAtWork(run) || run.Total is not { } total || run.Done > total)
            return null;
        var least = LeastFor(run, batches, total - run.Done);
        var measured = Rate(run, now) is { } rate ? TimeSpan.FromSeconds((total - run.Done) / rate) : (TimeSpan?)null;
        return measured > least || least == TimeSpan.Zero ? measured : least;
    }

    private static bool IsAtWork(RunFacts run) => run.State.Phase() == RunPhase.Working;

    private static TimeSpan LeastFor(RunFacts run, IReadOnlyList<BatchFacts> batches, long profilesLeft) =>
        run.Stage switch
        {
            Stage.Send => Least(KlaviyoEndpoint.BulkImportProfiles, batches.Count(batch => batch.State < BatchState.Sent)),
            Stage.Confirm => Least(KlaviyoEndpoint.GetImportJob, batches.Count(batch => batch.State != BatchState.Confirmed)),
            Stage.Remove => Max(
                Least(KlaviyoEndpoint.GetListProfiles, Calls(profilesLeft, KlaviyoLimits.EmailsPerLookup)),
                Least(KlaviyoEndpoint.RemoveFromList, Calls(profilesLeft, KlaviyoLimits.ProfilesPerRemoval))
            ),
            _ => TimeSpan.Zero,
        };

    /// <summary>The time that the rate limits require: the first burst takes no time, then the steady limit applies.</summary>
    private static TimeSpan Least(KlaviyoEndpoint endpoint, long calls) =>
        TimeSpan.FromMinutes(Math.Max(0, calls - endpoint.Burst) / (double)endpoint.Steady);

    private static long Calls(long profiles, int perCall) => (profiles + perCall - 1) / perCall;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
