using KlaviyoExport.Cluster;
using Quartz;

namespace KlaviyoExport.Dispatch;

/// <summary>Has this machine take up nothing new, as before it is stopped: what it is at goes on to its end, or is handed over when the process is told to stop.</summary>
public sealed class NodeDrain
{
    private readonly Node _node;
    private readonly ISchedulerFactory _schedulers;

    internal NodeDrain(Node node, ISchedulerFactory schedulers) => (_node, _schedulers) = (node, schedulers);

    public async Task BeginAsync(CancellationToken cancel)
    {
        _node.IsDraining = true;
        await (await _schedulers.GetScheduler(cancel)).Standby(cancel);
    }

    /// <summary>It takes up work again.</summary>
    public async Task EndAsync(CancellationToken cancel)
    {
        await (await _schedulers.GetScheduler(cancel)).Start(cancel);
        _node.IsDraining = false;
    }
}
