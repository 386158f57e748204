using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

/// <summary>
/// Sees that one machine of several does a thing at a time. A lease is renewed while it is held, and runs out when its machine is killed;
/// by the machines' clocks, which must not differ by more than a few seconds. Where there is one machine it has every lease.
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

    /// <summary>Takes a lease if it is free, has run out, or is this machine's already.</summary>
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
            // Another machine was quicker.
            return false;
        }
    }

    /// <summary>Says that a machine lives: this one.</summary>
    public async Task SignOfLifeAsync(CancellationToken cancellationToken)
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

    /// <summary>Whether another machine is at work, or was until some seconds ago.</summary>
    public async Task<bool> DoesAnotherLiveAsync(CancellationToken cancellationToken)
    {
        if (!node.HasOthers)
            return false;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return await db.Set<Lease>()
            .AnyAsync(lease => lease.Name == Life && lease.Until > now && lease.Holder != node.Id, cancellationToken);
    }

    /// <summary>Gives a lease back, for another machine to take at once.</summary>
    public async Task ReleaseAsync(string name, CancellationToken cancellationToken)
    {
        if (!node.HasOthers)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Lease>().Where(lease => lease.Name == name && lease.Holder == node.Id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>
    /// Does work under a lease that is held already. The work is cancelled when the lease is lost, or cannot be renewed in time.
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
        catch (Exception fault) when (StoreFaults.MayPass(fault))
        {
            // A store that does not answer now may not in time: better to stop than to go on beside another.
            return false;
        }
    }
}
