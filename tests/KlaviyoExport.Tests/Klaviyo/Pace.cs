namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>
/// Advances the clock while calls are made over real HTTP. Between two steps it makes a request of its own, so that the clock does not
/// advance faster than a slow network.
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
