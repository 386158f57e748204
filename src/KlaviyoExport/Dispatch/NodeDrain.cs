using KlaviyoExport.Cluster;
using Quartz;

namespace KlaviyoExport.Dispatch;

/// <summary>
/// Has this machine take up nothing new, as before it is stopped: what it is at goes on to its end, or is handed over when the process is
/// told to stop.
/// </summary>
public sealed class NodeDrain
{
    private readonly Node _node;
    private readonly ISchedulerFactory _schedulers;

    internal NodeDrain(Node node, ISchedulerFactory schedulers) => (_node, _schedulers) = (node, schedulers);

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        _node.IsDraining = true;
        await (await _schedulers.GetScheduler(cancellationToken)).Standby(cancellationToken);
    }

    /// <summary>It takes up work again.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await (await _schedulers.GetScheduler(cancellationToken)).Start(cancellationToken);
        _node.IsDraining = false;
    }
}
