using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>What runs that are not at work wait for.</summary>
internal static class RunWaiting
{
    private static readonly RunState[] AtWork = [RunState.Preparing, RunState.Sending, RunState.Confirming, RunState.Removing];

    /// <summary>Of some runs, with one query however many they are.</summary>
    /// <returns>By the run's id; nothing for one that is at work or over.</returns>
    public static async Task<Dictionary<int, RunWait>> ForAsync(
        AppDb db,
        IReadOnlyCollection<Waiting> runs,
        CancellationToken cancellationToken
    )
    {
        var accounts = runs.Where(run => run.State == RunState.Queued).Select(run => run.AccountId).Distinct().ToList();
        var open =
            accounts.Count == 0
                ? []
                : await db.Set<Run>()
                    .Where(run => accounts.Contains(run.AccountId) && (run.State == RunState.Queued || AtWork.Contains(run.State)))
                    .Join(
                        db.Set<Export>(),
                        run => run.ExportId,
                        export => export.Id,
                        (run, export) => new Open(run.Id, run.AccountId, run.State == RunState.Queued, export.Name)
                    )
                    .ToListAsync(cancellationToken);
        var byAccount = open.OrderBy(run => run.Id).ToLookup(run => run.AccountId);
        var found = new Dictionary<int, RunWait>();
        foreach (var run in runs)
        {
            if (Of(run, byAccount[run.AccountId]) is { } wait)
                found[run.Id] = wait;
        }
        return found;
    }

    private static RunWait? Of(Waiting run, IEnumerable<Open> ofAccount) =>
        run switch
        {
            { State: RunState.FailedRetrying, RetryAt: { } retryAt } => new(new LocalizedMessage("Delivery.WaitsForRetry", retryAt), null),
            { State: RunState.NeedsApproval } => new(new LocalizedMessage("Delivery.WaitsForApproval"), null),
            { State: RunState.Queued } => OfQueued(
                ofAccount.FirstOrDefault(other => !other.IsQueued),
                [.. ofAccount.Where(other => other.IsQueued && other.Id < run.Id)]
            ),
            _ => null,
        };

    /// <summary>An account's runs go one after another: the one at work, then the queued in the order they came.</summary>
    private static RunWait OfQueued(Open? working, List<Open> ahead) =>
        (working ?? ahead.FirstOrDefault(), ahead.Count - (working is null ? 1 : 0)) switch
        {
            (null, _) => new(new LocalizedMessage("Delivery.WaitsForTurn"), null),
            ({ } next, var others) => new(
                new LocalizedMessage(others == 0 ? "Delivery.WaitsForRun" : "Delivery.WaitsForRuns", next.Id, next.Name, others),
                next.Id
            ),
        };

    private sealed record Open(int Id, string AccountId, bool IsQueued, string Name);
}

/// <summary>What a run that is not at work waits for.</summary>
/// <param name="RunId">The run that is at work for the account, or the next in the queue; null when it waits for something else.</param>
public sealed record RunWait(LocalizedMessage Message, int? RunId);

/// <summary>What of a run says whether it waits.</summary>
internal sealed record Waiting(int Id, string AccountId, RunState State, DateTimeOffset? RetryAt);
