using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>What a run that is not at work waits for.</summary>
internal static class RunWaiting
{
    private static readonly RunState[] AtWork = [RunState.Preparing, RunState.Sending, RunState.Confirming, RunState.Removing];

    /// <returns>Null for a run that is at work or over.</returns>
    public static async Task<Notice?> ForAsync(AppDb db, RunFacts run, CancellationToken cancel)
    {
        if (run is { State: RunState.FailedRetrying, RetryAt: { } retryAt })
            return new Notice("Delivery.WaitsForRetry", retryAt);
        if (run.State == RunState.NeedsApproval)
            return new Notice("Delivery.WaitsForApproval");
        if (run.State != RunState.Queued)
            return null;
        // An account's runs go one after another: the one at work, then the queued in the order they came.
        var others = db.Runs.Where(other => other.AccountId == run.AccountId && other.Id != run.Id);
        var working = await others.Where(other => AtWork.Contains(other.State))
            .OrderBy(other => other.Id).Select(other => new { other.Id, other.Export!.Name }).FirstOrDefaultAsync(cancel);
        var ahead = await others.CountAsync(other => other.State == RunState.Queued && other.Id < run.Id, cancel);
        if (working is not null)
            return new Notice(ahead == 0 ? "Delivery.WaitsForRun" : "Delivery.WaitsForRuns", working.Id, working.Name, ahead);
        var next = await others.Where(other => other.State == RunState.Queued && other.Id < run.Id)
            .OrderBy(other => other.Id).Select(other => new { other.Id, other.Export!.Name }).FirstOrDefaultAsync(cancel);
        return next is null ? new Notice("Delivery.WaitsForTurn")
            : new Notice(ahead == 1 ? "Delivery.WaitsForRun" : "Delivery.WaitsForRuns", next.Id, next.Name, ahead - 1);
    }
}
