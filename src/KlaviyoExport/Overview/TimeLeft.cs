using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>The estimated time until a run ends.</summary>
/// <param name="Length">At least one second.</param>
/// <param name="IsLeast">Whether it can take longer, because a step has not begun and its rate is not known.</param>
public sealed record TimeLeft(TimeSpan Length, bool IsLeast)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>
    /// Estimates the time left from the slowest step. Reading, sending and confirming may overlap; removals come afterwards. It is never
    /// shorter than Klaviyo's rate limits allow.
    /// </summary>
    /// <returns>Null when nothing moves or everything is done, and when it cannot be told.</returns>
    internal static TimeLeft? Of(RunFacts run, IReadOnlyList<RunStep> steps, IReadOnlyList<BatchFacts> batches)
    {
        var open = steps.Where(step => !step.IsComplete).Select(step => Of(step, run, steps, batches)).ToList();
        if (!open.Exists(step => step.Seconds is not null))
            return null;
        var seconds = 0d;
        foreach (var (stage, measured, least) in open)
            seconds = Stage.Remove == stage ? seconds + Greater(measured, least) : Math.Max(seconds, Greater(measured, least));
        if (!(seconds <= Longest.TotalSeconds))
            return null;
        var isLeast = open.Exists(step => step.Seconds is null);
        var length = TimeSpan.FromSeconds(seconds);
        return length >= Shortest ? new TimeLeft(length, isLeast)
            : isLeast ? null
            : new TimeLeft(Shortest, false);
    }

    private static (Stage Stage, double? Seconds, double Least) Of(
        RunStep step,
        RunFacts run,
        IReadOnlyList<RunStep> steps,
        IReadOnlyList<BatchFacts> batches
    )
    {
        var left = ExpectedOf(step, run, steps, batches) is { } expected ? Math.Max(1, expected - step.Done) : (double?)null;
        return (step.Stage, left / step.Rate, Least(step.Stage, left, batches));
    }

    /// <summary>While members are read, as many of the others will be sent as of those that were read.</summary>
    private static double? ExpectedOf(RunStep step, RunFacts run, IReadOnlyList<RunStep> steps, IReadOnlyList<BatchFacts> batches)
    {
        if (!run.IsReading || step.Stage == Stage.Prepare || step.Total is null)
            return step.Total;
        var read = steps[0].Done;
        var prepared = batches.Sum(batch => (long)batch.Prepared);
        return read == 0 || prepared == 0 ? null : Math.Min(step.Total.Value, (double)prepared / read * step.Total.Value);
    }

    private static double Greater(double? measured, double least) => Math.Max(measured ?? 0, least);

    /// <summary>The seconds that the rate limits require: the first burst takes no time, then the steady limit applies.</summary>
    private static double Least(Stage step, double? left, IReadOnlyList<BatchFacts> batches) =>
        step switch
        {
            Stage.Send => Least(KlaviyoEndpoint.BulkImportProfiles, batches.Count(batch => batch.State < BatchState.Sent)),
            Stage.Remove => Math.Max(
                Least(KlaviyoEndpoint.GetListProfiles, Calls(left, KlaviyoLimits.EmailsPerLookup)),
                Least(KlaviyoEndpoint.RemoveFromList, Calls(left, KlaviyoLimits.ProfilesPerRemoval))
            ),
            _ => 0,
        };

    private static double Least(KlaviyoEndpoint endpoint, double calls) => Math.Max(0, calls - endpoint.Burst) / endpoint.Steady * 60;

    private static double Calls(double? profiles, int perCall) => Math.Ceiling((profiles ?? 0) / perCall);
}
