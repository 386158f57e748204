using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
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
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly Audit _audit;
    private readonly ILogger _logger;

    internal NodeDrain(Node node, ISchedulerFactory schedulers, IDbContextFactory<AppDb> stores, Audit audit, ILogger<NodeDrain> logger) =>
        (_node, _schedulers, _stores, _audit, _logger) = (node, schedulers, stores, audit, logger);

    /// <summary>Starts to drain the server.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        var isNew = !_node.IsDraining;
        _node.IsDraining = true;
        await (await _schedulers.GetScheduler(cancellationToken)).Standby(cancellationToken);
        if (isNew)
            await AddAuditAsync("System.Drained", cancellationToken);
    }

    /// <summary>Stops draining. The server starts new work again.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        var isNew = _node.IsDraining;
        await (await _schedulers.GetScheduler(cancellationToken)).Start(cancellationToken);
        _node.IsDraining = false;
        if (isNew)
            await AddAuditAsync("System.Resumed", cancellationToken);
    }

    /// <summary>A server must be drained even if its store does not answer.</summary>
    private async Task AddAuditAsync(string action, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await _stores.CreateDbContextAsync(cancellationToken);
            _audit.Add(db, Actor.Console, action, _node.Id);
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            Log.DrainNotInAudit(_logger, fault);
        }
    }
}
