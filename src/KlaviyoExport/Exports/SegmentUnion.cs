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
    /// <param name="cancellationToken">Stops the count.</param>
    /// <exception cref="LocalizedException">The source or a segment is gone, of another source, or cannot be read.</exception>
    public Task<long> CountAsync(Actor actor, int sourceId, IReadOnlyList<int> segmentIds, CancellationToken cancellationToken)
    {
        DefineSegments.Rule.Demand(actor);
        return CountAsync(sourceId, segmentIds, cancellationToken);
    }

    /// <exception cref="LocalizedException">They hold more profiles than an export may send; the message gives count and limit.</exception>
    internal async Task DemandWithinCapAsync(int sourceId, IReadOnlyList<int> segmentIds, CancellationToken cancellationToken)
    {
        var cap = klaviyo.Value.MaxProfilesPerExport;
        if (await CountAsync(sourceId, segmentIds, cancellationToken) is var members && members > cap)
            throw new ExportInvalidException(ExportPart.Segments, new LocalizedMessage("Exports.OverCap", members, cap));
    }

    private async Task<long> CountAsync(int sourceId, IReadOnlyList<int> segmentIds, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var source =
            await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(source => source.Id == sourceId, cancellationToken)
            ?? throw new ExportInvalidException(ExportPart.Source, new LocalizedMessage("Exports.SourceNeeded"));
        var segments = await db.Set<Segment>()
            .AsNoTracking()
            .Where(segment => segmentIds.Contains(segment.Id))
            .ToListAsync(cancellationToken);
        if (segments.Count != segmentIds.Distinct().Count())
            throw new ExportInvalidException(ExportPart.Segments, new LocalizedMessage("Exports.SegmentGone"));
        if (segments.Find(segment => segment.SourceId != sourceId) is { } stranger)
            throw new ExportInvalidException(
                ExportPart.Segments,
                new LocalizedMessage("Exports.SegmentOfOtherSource", stranger.Name, source.Name)
            );
        return segments.Count == 0 ? 0 : await reader.CountAsync(source, segments, cancellationToken);
    }
}
