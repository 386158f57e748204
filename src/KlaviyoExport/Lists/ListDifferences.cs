using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>Deletes the stored differences of checks.</summary>
internal static class ListDifferences
{
    private const int Chunk = 1_000;

    /// <summary>Deletes the differences of one check, a thousand at a time, with the caller's context.</summary>
    /// <returns>The number of deleted differences.</returns>
    public static async Task<long> DeleteAsync(AppDb db, int checkId, CancellationToken cancellationToken)
    {
        var (deleted, last) = (0L, 0);
        do
        {
            var ids = await db.Set<ListDifference>()
                .Where(difference => difference.CheckId == checkId)
                .OrderBy(difference => difference.Id)
                .Take(Chunk)
                .Select(difference => difference.Id)
                .ToListAsync(cancellationToken);
            var (from, to) = (ids.FirstOrDefault(), ids.LastOrDefault());
            last = await db.Set<ListDifference>()
                .Where(difference => difference.CheckId == checkId && difference.Id >= from && difference.Id <= to)
                .ExecuteDeleteAsync(cancellationToken);
            deleted += last;
        } while (last > 0);
        return deleted;
    }
}
