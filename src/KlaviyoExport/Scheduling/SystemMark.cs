using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>Detects changes that the change feed reports besides runs: refreshes, loads, counts and missed schedules.</summary>
internal static class SystemMark
{
    /// <summary>Returns a text that differs after each such change.</summary>
    public static async Task<string> ReadAsync(AppDb db, CancellationToken cancellationToken)
    {
        var refresh = await db.Set<Refresh>()
            .OrderByDescending(refresh => refresh.Id)
            .Select(refresh => new
            {
                refresh.Id,
                refresh.FinishedAt,
                refresh.CancelRequestedBy,
            })
            .FirstOrDefaultAsync(cancellationToken);
        var tasks = refresh is null
            ? []
            : await db.Set<RefreshTask>()
                .Where(task => task.RefreshId == refresh.Id)
                .GroupBy(task => task.State)
                .OrderBy(group => group.Key)
                .Select(group => new { group.Key, Count = group.Count() })
                .ToListAsync(cancellationToken);
        var lastRun = await db.Set<Run>().MaxAsync(run => (int?)run.Id, cancellationToken);
        var lastTask = await db.Set<RefreshTask>().MaxAsync(task => (int?)task.Id, cancellationToken);
        var missed = await db.Set<Export>().CountAsync(export => export.MissedAt != null, cancellationToken);
        var sources = await db.Set<Source>().SumAsync(source => source.Version, cancellationToken);
        var segments = await db.Set<Segment>().MaxAsync(segment => segment.CountedAt, cancellationToken);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{refresh}|{string.Join(';', tasks)}|{lastRun}|{lastTask}|{missed}|{sources}|{segments:O}"
        );
    }
}
