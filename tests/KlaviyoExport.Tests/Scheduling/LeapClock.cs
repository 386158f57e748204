namespace KlaviyoExport.Tests.Scheduling;

/// <summary>A shifted clock for Quartz, which sleeps in real time until the next trigger it knows of.</summary>
internal sealed class LeapClock : ShiftedClock
{
    public void Leap(TimeSpan by) => Shift += by;

    /// <summary>Sets it forward and has the scheduler look at it.</summary>
    public async Task LeapAsync(Product product, TimeSpan by)
    {
        Leap(by);
        await (await product.Get<Quartz.ISchedulerFactory>().GetScheduler(TestContext.Current.CancellationToken)).ResumeAll(
            TestContext.Current.CancellationToken
        );
    }
}
