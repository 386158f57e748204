using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

/// <summary>This process, as the only server or as one of several servers that share the store.</summary>
public sealed class Node(IOptions<ClusterOptions> options)
{
    private volatile bool _isDraining;
    private int _working;

    /// <summary>The unique id of this process. Changes with every start.</summary>
    public string Id { get; } =
        $"{Environment.MachineName[..Math.Min(40, Environment.MachineName.Length)]}-{Environment.ProcessId}-"
        + Guid.NewGuid().ToString("N")[..8];

    /// <summary>Whether other servers may use the same store.</summary>
    public bool HasOthers => options.Value.Enabled;

    /// <summary>
    /// Whether the server is draining. It then starts no new work, and its health check fails, so that a load balancer sends no more
    /// requests.
    /// </summary>
    public bool IsDraining
    {
        get => _isDraining;
        internal set => _isDraining = value;
    }

    /// <summary>The number of runs that this server is delivering.</summary>
    public int Working => Volatile.Read(ref _working);

    /// <summary>Counts a run in <see cref="Working"/> until the result is disposed.</summary>
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
