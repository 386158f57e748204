using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Exports;

/// <summary>How many profiles an export's segments hold together, each counted once.</summary>
public sealed class SegmentUnion(IDbContextFactory<AppDb> stores, SegmentReader reader, IOptions<KlaviyoOptions> klaviyo)
{
    /// <summary>The distinct profiles that are members of any of the segments; for those who define exports.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="sourceId">The source of all of the segments.</param>
    /// <param name="segmentIds">None: no profiles.</param>
    /// <param name="cancel">Stops the count.</param>
    /// <exception cref="NoticeException">The source or a segment is gone, of another source, or cannot be read.</exception>
    public Task<long> CountAsync(Actor actor, int sourceId, IReadOnlyList<int> segmentIds, CancellationToken cancel)
    {
        DefineSegments.Rule.Demand(actor);
        return CountAsync(sourceId, segmentIds, cancel);
    }

    /// <exception cref="NoticeException">They hold more profiles than an export may send; the notice gives count and limit.</exception>
    internal async Task DemandWithinCapAsync(int sourceId, IReadOnlyList<int> segmentIds, CancellationToken cancel)
    {
        var cap = klaviyo.Value.MaxProfilesPerExport;
        if (await CountAsync(sourceId, segmentIds, cancel) is var members && members > cap)
            throw new ExportInvalidException(ExportPart.Segments, new Notice("Exports.OverCap", members, cap));
    }

    private async Task<long> CountAsync(int sourceId, IReadOnlyList<int> segmentIds, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var source = await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(source => source.Id == sourceId, cancel)
            ?? throw new ExportInvalidException(ExportPart.Source, new Notice("Exports.SourceNeeded"));
        var segments = await db.Set<Segment>().AsNoTracking().Where(segment => segmentIds.Contains(segment.Id)).ToListAsync(cancel);
        if (segments.Count != segmentIds.Distinct().Count())
            throw new ExportInvalidException(ExportPart.Segments, new Notice("Exports.SegmentGone"));
        if (segments.Find(segment => segment.SourceId != sourceId) is { } stranger)
            throw new ExportInvalidException(ExportPart.Segments, new Notice("Exports.SegmentOfOtherSource", stranger.Name, source.Name));
        return segments.Count == 0 ? 0 : await reader.CountAsync(source, segments, cancel);
    }
}
