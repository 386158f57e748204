using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Runs;

/// <summary>Assigns claims to executions of runs.</summary>
internal sealed class RunClaims(IDbContextFactory<AppDb> stores, Node node, TimeProvider clock)
{
    /// <summary>Claims the account of a run. An execution that held the claim before is stopped at its next save.</summary>
    public async Task<RunClaim> TakeAsync(Run run, CancellationToken cancellationToken)
    {
        var claim = new RunClaim
        {
            AccountId = run.AccountId,
            RunId = run.Id,
            Holder = Guid.NewGuid(),
            Node = node.Id,
            At = clock.GetUtcNow(),
        };
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await TakeOverAsync(db, claim, cancellationToken))
            return claim;
        db.Add(claim);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Two executions have claimed the account for the first time at the same moment.
            if (!await TakeOverAsync(db, claim, cancellationToken))
                throw;
        }
        return claim;
    }

    public async Task<bool> IsHeldAsync(RunClaim claim, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<RunClaim>()
            .AnyAsync(stored => stored.AccountId == claim.AccountId && stored.Holder == claim.Holder, cancellationToken);
    }

    private static async Task<bool> TakeOverAsync(AppDb db, RunClaim claim, CancellationToken cancellationToken) =>
        await db.Set<RunClaim>()
            .Where(stored => stored.AccountId == claim.AccountId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(stored => stored.RunId, claim.RunId)
                        .SetProperty(stored => stored.Holder, claim.Holder)
                        .SetProperty(stored => stored.Node, claim.Node)
                        .SetProperty(stored => stored.At, claim.At),
                cancellationToken
            ) == 1;
}
