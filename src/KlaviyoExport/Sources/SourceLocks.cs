using System.Collections.Concurrent;

namespace KlaviyoExport.Sources;

/// <summary>One change or load of a source at a time; others wait.</summary>
internal sealed class SourceLocks
{
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _gates = new();

    public async Task<IDisposable> EnterAsync(int sourceId, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(sourceId, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        return new Exit(gate);
    }

    private sealed class Exit(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
