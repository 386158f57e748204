namespace KlaviyoExport.Scheduling;

/// <summary>
/// Wakes the refresh worker of this process, and cancels its current task. The signal is not stored and does not reach other servers; the
/// requests themselves are in the store.
/// </summary>
internal sealed class RefreshSignal : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _gate = new();
    private Watch? _watch;

    /// <summary>Wakes the worker.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // An earlier signal is still pending.
        }
    }

    /// <summary>Waits for a signal, or until the time has passed.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    /// <summary>Starts to watch for the cancellation of a task. One task at a time can be watched.</summary>
    public Watch Listen(int taskId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return _watch = new Watch(this, taskId, cancellationToken);
    }

    /// <summary>Cancels the watched task.</summary>
    /// <param name="taskId">The task to cancel. It is ignored when another task is watched. Null to cancel any task.</param>
    /// <param name="by">The name of the person who cancels it.</param>
    public void RequestCancel(int? taskId, string by)
    {
        lock (_gate)
        {
            if (_watch is { } watch && (taskId is null || taskId == watch.TaskId))
                watch.Cancel(by);
        }
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>The cancellation of one task. Dispose it when the task has ended.</summary>
    internal sealed class Watch(RefreshSignal signal, int taskId, CancellationToken cancellationToken) : IDisposable
    {
        private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        public int TaskId => taskId;

        /// <summary>The name of the person who canceled the task. Null when it is not canceled.</summary>
        public string? CanceledBy { get; private set; }

        public CancellationToken Token => _source.Token;

        public void Cancel(string by)
        {
            CanceledBy = by;
            _source.Cancel();
        }

        public void Dispose()
        {
            lock (signal._gate)
            {
                signal._watch = null;
                _source.Dispose();
            }
        }
    }
}
