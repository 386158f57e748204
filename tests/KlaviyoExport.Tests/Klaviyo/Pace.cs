namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>
/// Moves the clock on while calls work over real HTTP. Between two steps a request of its own goes there and back, so that the clock never
/// runs away from a network that is slow today.
/// </summary>
internal static class Pace
{
    /// <param name="clock">Moved on by 50 ms a step.</param>
    /// <param name="done">Looked at before each step.</param>
    /// <param name="besides">Done at each step besides: what the calls' caller does between two, where that takes longer than the
    /// network.</param>
    public static async Task AdvanceUntilAsync(TestClock clock, Func<bool> done, Func<Task>? besides = null)
    {
        await using var pace = await ScriptedServer.StartAsync(200, "");
        using var http = new HttpClient();
        while (!done())
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            using var _ = await http.GetAsync(new Uri(pace.Address));
            if (besides is not null)
                await besides();
        }
    }

    public static async Task AdvanceUntilAsync(TestClock clock, Task call)
    {
        await AdvanceUntilAsync(clock, () => call.IsCompleted);
        await call;
    }
}
