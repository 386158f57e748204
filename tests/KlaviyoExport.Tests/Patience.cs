using System.Diagnostics;

namespace KlaviyoExport.Tests;

/// <summary>Waits for the work of other threads. After a minute the test fails with the place of the wait, instead of hanging.</summary>
internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static Task UntilAsync(Func<bool> moment) => UntilAsync(() => Task.FromResult(moment()));

    /// <param name="step">Done between two looks: moves a clock, say.</param>
    public static async Task UntilAsync(Func<Task<bool>> moment, Action? step = null)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!await moment())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, "It never came to be.");
            step?.Invoke();
            await look.WaitForNextTickAsync();
        }
    }

    /// <summary>Takes steps until the work is done.</summary>
    public static async Task<T> StepUntilDoneAsync<T>(Task<T> work, Action step)
    {
        await UntilAsync(() => Task.FromResult(work.IsCompleted), step);
        return await work;
    }
}
