using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>The reason why a run is waiting.</summary>
/// <param name="RunId">The active run of the account, or else the next run in its queue. Null when the run waits for something
/// else.</param>
public sealed record WaitReason(LocalizedMessage Message, int? RunId)
{
    /// <summary>The numbers behind the message, which change while the run waits. Null when there are none.</summary>
    public LocalizedMessage? Detail { get; init; }

    /// <summary>What the run waits for while it is being executed. Null when it is not being executed.</summary>
    public RunWaitKind? Kind { get; init; }

    /// <summary>How long it has waited. For jobs: how long the slowest one has not moved. Null when it is not being executed.</summary>
    public TimeSpan? For { get; init; }

    /// <returns>What a run waits for while it is being executed. Null when it is not waiting or not being executed.</returns>
    public static WaitReason? Of(RunFacts run, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.ReadingAt(now)?.Wait is not { } wait)
            return null;
        return new WaitReason(new LocalizedMessage(wait.IsPaused ? "Delivery.WaitsPause" : $"Delivery.Waits{wait.Kind}"), null)
        {
            Detail = DetailOf(wait),
            Kind = wait.Kind,
            For = now > wait.Since ? now - wait.Since : TimeSpan.Zero,
        };
    }

    private static LocalizedMessage? DetailOf(RunWait wait) =>
        wait switch
        {
            { Kind: RunWaitKind.Jobs } => new LocalizedMessage(
                "Delivery.WaitsJobsCount",
                wait.OpenJobs,
                wait.QueuedJobs,
                wait.ProcessingJobs
            ),
            { Kind: RunWaitKind.Limit, IsShared: true } => new LocalizedMessage("Delivery.WaitsShared", OfLimit(wait)),
            { Kind: RunWaitKind.Limit } => OfLimit(wait),
            _ => null,
        };

    private static LocalizedMessage OfLimit(RunWait wait) =>
        wait.Until is { } until
            ? new LocalizedMessage("Delivery.WaitsLimitUntil", wait.Endpoint, until)
            : new LocalizedMessage("Delivery.WaitsLimitOf", wait.Endpoint);
}
