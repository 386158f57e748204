using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

/// <summary>This process as one of several machines over a store, or the only one.</summary>
public sealed class Node(IOptions<ClusterOptions> options)
{
    private volatile bool _isDraining;
    private int _working;

    /// <summary>Unlike that of any other process, also of the same machine's before a restart.</summary>
    public string Id { get; } =
        $"{Environment.MachineName[..Math.Min(40, Environment.MachineName.Length)]}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>Whether others may work on the same store.</summary>
    public bool HasOthers => options.Value.Enabled;

    /// <summary>It takes up nothing new, and wants no requests.</summary>
    public bool IsDraining
    {
        get => _isDraining;
        internal set => _isDraining = value;
    }

    /// <summary>How many runs it is at.</summary>
    public int Working => Volatile.Read(ref _working);

    /// <summary>It is at a run until this is disposed.</summary>
    internal Piece Work()
    {
        Interlocked.Increment(ref _working);
        return new Piece(this);
    }

    internal sealed class Piece(Node node) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref node._working);
    }
}
