using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// The profiles a run is to send again; those it meets are ticked off, and what is left at the end is no member any more.
/// </summary>
internal sealed class RetriedProfiles(HashSet<string> keys)
{
    private const int Named = 10;

    public bool Take(string key) => keys.Remove(key);

    /// <summary>Names who was left out, at most ten; null when nobody was.</summary>
    public LocalizedMessage? LeftOut =>
        keys.Count == 0
            ? null
            : new LocalizedMessage(
                keys.Count > Named ? "Delivery.RetryLeftOutMany" : "Delivery.RetryLeftOut",
                keys.Count,
                string.Join(", ", keys.Order(StringComparer.Ordinal).Take(Named))
            );

    /// <returns>Null for an ordinary run.</returns>
    public static async Task<RetriedProfiles?> ReadAsync(AppDb db, int runId, CancellationToken cancellationToken)
    {
        var run = await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == runId, cancellationToken);
        if (run.RetriesRunId is not { } rejectedBy)
            return null;
        // A run that was queued before reasons were kept sends all of them again, which is harmless.
        var rejections = RetryScope.Of(db, rejectedBy, run.RetriesReasons ?? RetryScope.Retriable);
        return new RetriedProfiles(
            await rejections.Select(rejection => rejection.ProfileKey).ToHashSetAsync(StringComparer.Ordinal, cancellationToken)
        );
    }
}
