namespace KlaviyoExport.Sandbox.Requests;

/// <summary>Keeps the last requests.</summary>
internal sealed class RequestLog(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Queue<RequestEntry> _entries = [];

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RequestEntry> Last
    {
        get
        {
            lock (_gate)
                return [.. _entries.Reverse()];
        }
    }

    public void Add(RequestEntry entry)
    {
        lock (_gate)
        {
            _entries.Enqueue(entry);
            if (_entries.Count > capacity)
                _entries.Dequeue();
        }
    }
}
