using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>How fast a run was.</summary>
/// <param name="Duration">From its start to its end. Null when it has not started or not ended.</param>
/// <param name="Rate">
/// The profiles that Klaviyo confirmed, per second from the first batch that was sent to the last that was confirmed. Null when none was.
/// </param>
public sealed record RunSpeed(TimeSpan? Duration, double? Rate)
{
    /// <summary>Reads the speeds of runs. By the ID of the run.</summary>
    internal static async Task<IReadOnlyDictionary<int, RunSpeed>> ReadAsync(
        AppDb db,
        IReadOnlyList<Run> runs,
        CancellationToken cancellationToken
    )
    {
        var ids = runs.Select(run => run.Id).ToList();
        var confirmed = await db.Set<Batch>()
            .Where(batch => ids.Contains(batch.RunId) && batch.State == BatchState.Confirmed)
            .GroupBy(batch => batch.RunId)
            .Select(batches => new
            {
                batches.Key,
                Profiles = batches.Sum(batch => (long)batch.Prepared),
                From = batches.Min(batch => batch.SentAt),
                Until = batches.Max(batch => batch.ConfirmedAt),
            })
            .ToDictionaryAsync(batches => batches.Key, cancellationToken);
        return runs.ToDictionary(
            run => run.Id,
            run => new RunSpeed(
                run.FinishedAt - run.StartedAt,
                confirmed.TryGetValue(run.Id, out var batches) && batches.Until - batches.From is { TotalSeconds: > 0 } length
                    ? batches.Profiles / length.TotalSeconds
                    : null
            )
        );
    }
}
