using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// The rejected profiles that a run sends again. Each one that is read is marked. The rest, at the end, are no longer members.
/// </summary>
internal sealed class RetriedProfiles(HashSet<string> keys)
{
    private const int Named = 10;

    public bool Take(string key) => keys.Remove(key);

    /// <summary>Returns a timeline entry that names up to ten profiles that are no longer members. Null when there are none.</summary>
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
        // A run that was queued before reasons were stored sends all rejected profiles again, which is safe.
        var rejections = RetryScope.Of(db, rejectedBy, run.RetriesReasons ?? RetryScope.Retriable);
        return new RetriedProfiles(
            await rejections.Select(rejection => rejection.ProfileKey).ToHashSetAsync(StringComparer.Ordinal, cancellationToken)
        );
    }
}
