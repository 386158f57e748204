using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>
/// How fast the current stage is and how long it will take: at the rate it has had so far, and never faster than Klaviyo's limits let its
/// calls through.
/// </summary>
internal static class RunPace
{
    private static readonly TimeSpan TooEarlyToTell = TimeSpan.FromSeconds(2);

    /// <returns>Profiles a second; null while it cannot be told.</returns>
    public static double? Rate(RunFacts run, DateTimeOffset now) =>
        IsAtWork(run) && run is { Done: > 0, StageStartedAt: { } began } && now - began >= TooEarlyToTell
            ? run.Done / (now - began).TotalSeconds
            : null;

    /// <returns>Null while it cannot be told.</returns>
    public static TimeSpan? TimeLeft(RunFacts run, IReadOnlyList<BatchFacts> batches, DateTimeOffset now)
    {
        if (!IsAtWork(run) || run.Total is not { } total || run.Done > total)
            return null;
        var least = LeastFor(run, batches, total - run.Done);
        var measured = Rate(run, now) is { } rate ? TimeSpan.FromSeconds((total - run.Done) / rate) : (TimeSpan?)null;
        return measured > least || least == TimeSpan.Zero ? measured : least;
    }

    private static bool IsAtWork(RunFacts run) =>
        run.State is RunState.Preparing or RunState.Sending or RunState.Confirming or RunState.Removing;

    private static TimeSpan LeastFor(RunFacts run, IReadOnlyList<BatchFacts> batches, long profilesLeft) =>
        run.Stage switch
        {
            Stage.Send => Least(KlaviyoEndpoint.BulkImportProfiles, batches.Count(batch => batch.State < BatchState.Sent)),
            Stage.Confirm => Least(KlaviyoEndpoint.GetImportJob, batches.Count(batch => batch.State != BatchState.Confirmed)),
            Stage.Remove => Max(
                Least(KlaviyoEndpoint.GetProfiles, Calls(profilesLeft, KlaviyoLimits.EmailsPerLookup)),
                Least(KlaviyoEndpoint.RemoveFromList, Calls(profilesLeft, KlaviyoLimits.ProfilesPerRemoval))
            ),
            _ => TimeSpan.Zero,
        };

    /// <summary>The first burst is free, then the steady limit rules.</summary>
    private static TimeSpan Least(KlaviyoEndpoint endpoint, long calls) =>
        TimeSpan.FromMinutes(Math.Max(0, calls - endpoint.Burst) / (double)endpoint.Steady);

    private static long Calls(long profiles, int perCall) => (profiles + perCall - 1) / perCall;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
