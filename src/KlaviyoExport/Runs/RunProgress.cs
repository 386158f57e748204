using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Runs;

/// <summary>Stores how far a stage is, at most twice a second: a page cannot show more, and the store has better things to do.</summary>
internal sealed class RunProgress(IDbContextFactory<AppDb> stores, ChangeFeed changes, TimeProvider clock, RunClaim claim, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private long? _storedAt;

    /// <exception cref="RunTakenOverException">The claim is lost.</exception>
    public async ValueTask ReportAsync(long done, CancellationToken cancellationToken)
    {
        if (_storedAt is { } at && clock.GetElapsedTime(at) < Interval)
            return;
        _storedAt = clock.GetTimestamp();
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // One statement, as this is often: what it says is true whoever takes the claim right after.
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
