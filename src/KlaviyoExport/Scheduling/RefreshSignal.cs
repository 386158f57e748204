namespace KlaviyoExport.Scheduling;

/// <summary>
/// Between people and the worker of this process: a refresh began, or somebody wants something stopped. What is to be done stands in the
/// store.
/// </summary>
internal sealed class RefreshSignal : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _gate = new();
    private Watch? _watch;

    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to wake anyway.
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    /// <summary>Begins to listen for whether a task is to be stopped; there is one at a time.</summary>
    public Watch Listen(int taskId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return _watch = new Watch(this, taskId, cancellationToken);
    }

    /// <summary>Stops what is at work.</summary>
    /// <param name="taskId">Only if it is this one; null: whatever it is.</param>
    /// <param name="by">Who wants it.</param>
    public void RequestCancel(int? taskId, string by)
    {
        lock (_gate)
        {
            if (_watch is { } watch && (taskId is null || taskId == watch.TaskId))
                watch.Cancel(by);
        }
    }

    public void Dispose() => _wake.Dispose();

    internal sealed class Watch(RefreshSignal signal, int taskId, CancellationToken cancellationToken) : IDisposable
    {
        private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        public int TaskId => taskId;

        /// <summary>Who wanted it stopped; null while nobody did.</summary>
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
