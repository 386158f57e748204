namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// Calls a driver that only has calls that block, on threads of the pool, one at a time. When a call is canceled or takes too long, the
/// driver is asked to stop it. A driver that does not stop is no longer waited for, but its connection is closed only after it has
/// returned.
/// </summary>
internal sealed class BlockingCalls
{
    /// <summary>How long a driver may take to stop.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Task _last = Task.CompletedTask;
    private bool _isStuck;

    /// <param name="call">The call.</param>
    /// <param name="stop">
    /// Asks the driver to stop the call, from another thread. It may block and must not throw. Null when the call cannot be stopped.
    /// </param>
    /// <param name="timeout">The longest time that the call may take.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="TimeoutException">The call took too long.</exception>
    public async Task<T> RunAsync<T>(Func<T> call, Action? stop, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var running = Task.Run(call, CancellationToken.None);
        _last = running;
        try
        {
            return await running.WaitAsync(timeout, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException && !running.IsCompleted)
        {
            if (stop is not null)
            {
                var stopped = Task.Run(stop, CancellationToken.None);
                await Task.WhenAny(Task.WhenAll(running, stopped), Task.Delay(Patience, CancellationToken.None));
            }
            _isStuck = !running.IsCompleted;
            throw;
        }
    }

    /// <summary>Releases something of the driver after its last call has returned.</summary>
    public async Task ReleaseAsync(Action release)
    {
        var released = _last.ContinueWith(_ => release(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _last = released;
        if (!_isStuck)
            await Task.WhenAny(released, Task.Delay(Patience, CancellationToken.None));
    }
}
