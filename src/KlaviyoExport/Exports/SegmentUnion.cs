using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Counts the distinct profiles in the segments of an export.</summary>
public sealed class SegmentUnion(IDbContextFactory<AppDb> stores, SegmentReader reader)
{
    /// <summary>Counts the distinct profiles that are members of any of the segments, for people who define exports.</summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="sourceId">The source of all of the segments.</param>
    /// <param name="segmentIds">The IDs of the segments. Empty for no profiles.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    /// <exception cref="LocalizedException">The source or a segment no longer exists, does not match, or cannot be read.</exception>
    public Task<long> CountAsync(Actor actor, int sourceId, IReadOnlyList<int> segmentIds, CancellationToken cancellationToken)
    {
        DefineSegments.Rule.Demand(actor);
        return CountAsync(sourceId, segmentIds, cancellationToken);
    }

    /// <exception cref="LocalizedException">The segments exceed the limit. The message states both numbers and whose limit it
    /// is.</exception>
    internal async Task DemandWithinAsync(
        ProfileLimit limit,
        int sourceId,
        IReadOnlyList<int> segmentIds,
        CancellationToken cancellationToken
    )
    {
        if (await CountAsync(sourceId, segmentIds, cancellationToken) is var members && members > limit.Max)
            throw new ExportInvalidException(ExportPart.Segments, limit.MessageFor(members));
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
