namespace KlaviyoExport.Tests.Scheduling;

/// <summary>The real clock, set forward at will.</summary>
internal sealed class LeapClock : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public void Leap(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    /// <summary>Sets it forward and has the scheduler look at it: it sleeps in real time until the next trigger it knows of.</summary>
    public async Task LeapAsync(Product product, TimeSpan by)
    {
        Leap(by);
        await (await product.Get<Quartz.ISchedulerFactory>().GetScheduler(TestContext.Current.CancellationToken)).ResumeAll(TestContext.Current.CancellationToken);
    }
}
