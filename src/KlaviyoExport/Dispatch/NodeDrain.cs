using KlaviyoExport.Cluster;
using Quartz;

namespace KlaviyoExport.Dispatch;

/// <summary>
/// Drains this server, for example before it is stopped. A draining server starts no new work. Runs in progress continue to their end, or
/// are handed over to another server when the process stops.
/// </summary>
public sealed class NodeDrain
{
    private readonly Node _node;
    private readonly ISchedulerFactory _schedulers;

    internal NodeDrain(Node node, ISchedulerFactory schedulers) => (_node, _schedulers) = (node, schedulers);

    /// <summary>Starts to drain the server.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        _node.IsDraining = true;
        await (await _schedulers.GetScheduler(cancellationToken)).Standby(cancellationToken);
    }

    /// <summary>Stops draining. The server starts new work again.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await (await _schedulers.GetScheduler(cancellationToken)).Start(cancellationToken);
        _node.IsDraining = false;
    }
}
