using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Sources;

/// <summary>Reads the freshness of all sources from the store.</summary>
internal static class FreshnessReader
{
    /// <returns>By the ID of the source.</returns>
    public static Task<Dictionary<int, Freshness>> ReadAsync(AppDb db, CancellationToken cancellationToken) =>
        db.Set<Source>()
            .Select(source => new
            {
                source.Id,
                Freshness = new Freshness(
                    source.Name,
                    source.DataChangedAt,
                    source.ChangedAtColumn,
                    source.MaxAgeHours,
                    source.StopsWhenOld
                ),
            })
            .ToDictionaryAsync(source => source.Id, source => source.Freshness, cancellationToken);
}
