using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

/// <summary>
/// Ensures that one server at a time does a task. The holder renews its lease; the lease of a server that was killed expires. Expiry is
/// measured with the clocks of the servers, which must not differ by more than a few seconds. Without
/// <see cref="ClusterOptions.Enabled"/>, this server holds every lease.
/// </summary>
internal sealed class Leases(
    IDbContextFactory<AppDb> stores,
    Node node,
    IOptions<ClusterOptions> options,
    TimeProvider clock,
    ILogger<Leases> logger
)
{
    private const string Life = "life";

    /// <summary>Takes a lease, or renews it when this server holds it.</summary>
    /// <returns>False when another server holds the lease.</returns>
    public async Task<bool> TryTakeAsync(string name, CancellationToken cancellationToken)
    {
        if (!node.HasOthers)
            return true;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var until = now + options.Value.Patience;
        if (
            await db.Set<Lease>()
                .Where(lease => lease.Name == name && (lease.Holder == node.Id || lease.Until <= now))
                .ExecuteUpdateAsync(
                    set => set.SetProperty(lease => lease.Holder, node.Id).SetProperty(lease => lease.Until, until),
                    cancellationToken
                ) == 1
        )
            return true;
        if (await db.Set<Lease>().AnyAsync(lease => lease.Name == name, cancellationToken))
            return false;
        db.Set<Lease>()
            .Add(
                new Lease
                {
                    Name = name,
                    Holder = node.Id,
                    Until = until,
                }
            );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException)
        {
            // Another server took the lease first.
            return false;
        }
    }

    /// <summary>Records that this server is alive.</summary>
    public async Task ReportAliveAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var until = clock.GetUtcNow() + options.Value.Patience;
        if (
            await db.Set<Lease>()
                .Where(lease => lease.Name == Life)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(lease => lease.Holder, node.Id).SetProperty(lease => lease.Until, until),
                    cancellationToken
                ) == 0
        )
            await TryTakeAsync(Life, cancellationToken);
    }

    /// <summary>Returns whether the last sign of life came from another server and is recent.</summary>
    public async Task<bool> IsAnotherServerAliveAsync(CancellationToken cancellationToken)
    {
        if (!node.HasOthers)
            return false;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return await db.Set<Lease>()
            .AnyAsync(lease => lease.Name == Life && lease.Until > now && lease.Holder != node.Id, cancellationToken);
    }

    /// <summary>Releases a lease, so that another server can take it without waiting for its expiry.</summary>
    public async Task ReleaseAsync(string name, CancellationToken cancellationToken)
    {
        if (!node.HasOthers)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Lease>().Where(lease => lease.Name == name && lease.Holder == node.Id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>
    /// Runs work under a lease that this server holds, and renews the lease meanwhile. The work is canceled when the lease is lost or
    /// cannot be renewed.
    /// </summary>
    public async Task HoldAsync(string name, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!node.HasOthers)
        {
            await work(cancellationToken);
            return;
        }
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = new PeriodicTimer(options.Value.CheckinInterval, clock);
        var working = work(held.Token);
        while (
            await Task.WhenAny(working, timer.WaitForNextTickAsync(cancellationToken).AsTask()) != working
            && !cancellationToken.IsCancellationRequested
        )
        {
            if (await KeepAsync(name, cancellationToken))
                continue;
            Log.LeaseLost(logger, name);
            await held.CancelAsync();
            break;
        }
        await working;
    }

    private async Task<bool> KeepAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await TryTakeAsync(name, cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // When the store is not available, the lease may expire before the next renewal. Stop the work, so that it does not run on two
            // servers.
            return false;
        }
    }
}
