namespace KlaviyoExport.Sandbox.Requests;

/// <summary>Remembers the last requests.</summary>
internal sealed class RequestLog(int capacity)
{
    private readonly Lock gate = new();
    private readonly Queue<RequestEntry> entries = [];

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RequestEntry> Last
    {
        get
        {
            lock (gate)
                return [.. entries.Reverse()];
        }
    }

    public void Add(RequestEntry entry)
    {
        lock (gate)
        {
            entries.Enqueue(entry);
            if (entries.Count > capacity)
                entries.Dequeue();
        }
    }
}
