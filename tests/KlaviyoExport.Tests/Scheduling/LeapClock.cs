namespace KlaviyoExport.Tests.Scheduling;

/// <summary>A shifted clock for Quartz, which waits in real time until the next trigger.</summary>
internal sealed class LeapClock : ShiftedClock
{
    public void Leap(TimeSpan by) => Shift += by;

    /// <summary>Moves the clock forward and makes the scheduler read it.</summary>
    public async Task LeapAsync(Product product, TimeSpan by)
    {
        Leap(by);
        await (await product.Get<Quartz.ISchedulerFactory>().GetScheduler(TestContext.Current.CancellationToken)).ResumeAll(
            TestContext.Current.CancellationToken
        );
    }
}
