using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Finds out why runs that are not being executed are waiting.</summary>
internal static class RunWaiting
{
    private static readonly RunState[] Working = RunStates.In(RunPhase.Working);

    /// <summary>Finds the wait reasons of several runs with at most one query.</summary>
    /// <returns>The wait reasons by run id. Runs that are working or have ended are not included.</returns>
    public static async Task<Dictionary<int, WaitReason>> ForAsync(
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
                    .Where(run => accounts.Contains(run.AccountId) && (run.State == RunState.Queued || Working.Contains(run.State)))
                    .Join(
                        db.Set<Export>(),
                        run => run.ExportId,
                        export => export.Id,
                        (run, export) => new Open(run.Id, run.AccountId, run.State == RunState.Queued, export.Name)
                    )
                    .ToListAsync(cancellationToken);
        var byAccount = open.OrderBy(run => run.Id).ToLookup(run => run.AccountId);
        var found = new Dictionary<int, WaitReason>();
        foreach (var run in runs)
        {
            if (Of(run, byAccount[run.AccountId]) is { } wait)
                found[run.Id] = wait;
        }
        return found;
    }

    private static WaitReason? Of(Waiting run, IEnumerable<Open> ofAccount) =>
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

    /// <summary>
    /// The runs of an account are executed one at a time: first the active one, then the queued ones in the order of their ids.
    /// </summary>
    private static WaitReason OfQueued(Open? working, List<Open> ahead) =>
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

/// <summary>The properties of a run that determine whether it is waiting.</summary>
internal sealed record Waiting(int Id, string AccountId, RunState State, DateTimeOffset? RetryAt);
