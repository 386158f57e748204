using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>Stores how far a stage is, at most twice a second: a page cannot show more, and the store has better things to do.</summary>
internal sealed class RunProgress(IDbContextFactory<AppDb> stores, RunChangesFeed changes, TimeProvider clock, int runId, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private long? _storedAt;

    public async ValueTask ReportAsync(long done, CancellationToken cancel)
    {
        if (_storedAt is { } at && clock.GetElapsedTime(at) < Interval)
            return;
        _storedAt = clock.GetTimestamp();
        await using var db = await stores.CreateDbContextAsync(cancel);
        await db.Runs.Where(run => run.Id == runId)
            .ExecuteUpdateAsync(set => set.SetProperty(run => run.Done, done).SetProperty(run => run.Total, total), cancel);
        changes.Raise(runId);
    }
}
