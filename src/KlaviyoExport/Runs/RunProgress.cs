using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Runs;

/// <summary>Stores the progress of a stage, at most twice a second, to limit the load on the store.</summary>
internal sealed class RunProgress(IDbContextFactory<AppDb> stores, ChangeFeed changes, TimeProvider clock, RunClaim claim, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private long? _storedAt;

    /// <exception cref="RunTakenOverException">The execution has lost its claim.</exception>
    public async ValueTask ReportAsync(long done, CancellationToken cancellationToken)
    {
        if (_storedAt is { } at && clock.GetElapsedTime(at) < Interval)
            return;
        _storedAt = clock.GetTimestamp();
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // A single statement, because it is executed often. It stays correct when another execution takes the claim right afterwards.
        var held = db.Set<RunClaim>().Where(stored => stored.AccountId == claim.AccountId && stored.Holder == claim.Holder);
        if (
            await db.Set<Run>()
                .Where(run => run.Id == claim.RunId && held.Any())
                .ExecuteUpdateAsync(set => set.SetProperty(run => run.Done, done).SetProperty(run => run.Total, total), cancellationToken)
            == 0
        )
            throw new RunTakenOverException();
        changes.Raise(claim.RunId);
    }
}
