using System.Diagnostics;

namespace KlaviyoExport.Tests;

/// <summary>Waits for what other threads do. A minute without it is a failure that names the place, never a test that hangs.</summary>
internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static Task UntilAsync(Func<bool> moment) => UntilAsync(() => Task.FromResult(moment()));

    public static async Task UntilAsync(Func<Task<bool>> moment)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        await UntilAsync(moment, async () => await look.WaitForNextTickAsync());
    }

    /// <param name="step">Done between two looks: moves a clock, say.</param>
    public static Task UntilAsync(Func<Task<bool>> moment, Action step) => UntilAsync(moment, async () =>
    {
        step();
        await Task.Yield();
    });

    /// <summary>Takes steps until the work is done.</summary>
    public static async Task<T> StepUntilDoneAsync<T>(Task<T> work, Action step)
    {
        await UntilAsync(() => Task.FromResult(work.IsCompleted), step);
        return await work;
    }

    private static async Task UntilAsync(Func<Task<bool>> moment, Func<Task> between)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await moment())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, "It never came to be.");
            await between();
        }
    }
}
