namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>The time that a call has spent in the sandbox, by the sandbox's clock.</summary>
internal sealed class Latency(SandboxState state)
{
    private readonly long _arrived = state.Clock.GetTimestamp();

    /// <summary>
    /// Waits for the rest of <see cref="SandboxOptions.Latency"/>, without holding a thread. Ends early when the client disconnects.
    /// </summary>
    public async Task Pass(HttpContext http)
    {
        var left = state.Options.Latency - state.Clock.GetElapsedTime(_arrived);
        if (left > TimeSpan.Zero)
            await Task.Delay(left, state.Clock, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
