using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Counts the distinct profiles that the segments of an export select.</summary>
public sealed class SegmentUnion(IDbContextFactory<AppDb> stores, SegmentReader reader)
{
    /// <summary>Counts the distinct profiles that are in any of the segments and in none of the excluded ones, for people who define
    /// exports.</summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="sourceId">The source of all of the segments.</param>
    /// <param name="segmentIds">The IDs of the segments. Empty for no profiles.</param>
    /// <param name="excludedIds">The IDs of the segments whose members are left out.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    /// <exception cref="LocalizedException">The source or a segment no longer exists, does not match, or cannot be read.</exception>
    public Task<long> CountAsync(
        Actor actor,
        int sourceId,
        IReadOnlyList<int> segmentIds,
        IReadOnlyList<int> excludedIds,
        CancellationToken cancellationToken
    )
    {
        DefineSegments.Rule.Demand(actor);
        return CountAsync(sourceId, segmentIds, excludedIds, cancellationToken);
    }

    /// <exception cref="LocalizedException">The segments exceed the limit. The message states both numbers and whose limit it
    /// is.</exception>
    internal async Task DemandWithinAsync(ProfileLimit limit, ExportDraft draft, CancellationToken cancellationToken)
    {
        var members = await CountAsync(draft.SourceId!.Value, draft.SegmentIds, draft.ExcludedSegmentIds, cancellationToken);
        if (members > limit.Max)
            throw new ExportInvalidException(ExportPart.Segments, limit.MessageFor(members));
    }

    private async Task<long> CountAsync(
        int sourceId,
        IReadOnlyList<int> segmentIds,
        IReadOnlyList<int> excludedIds,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var source =
            await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(source => source.Id == sourceId, cancellationToken)
            ?? throw new ExportInvalidException(ExportPart.Source, new LocalizedMessage("Exports.SourceNeeded"));
        var found = await db.Set<Segment>()
            .AsNoTracking()
            .Where(segment => segmentIds.Contains(segment.Id) || excludedIds.Contains(segment.Id))
            .ToListAsync(cancellationToken);
        if (found.Count != segmentIds.Union(excludedIds).Count())
            throw new ExportInvalidException(ExportPart.Segments, new LocalizedMessage("Exports.SegmentGone"));
        var segments = found.FindAll(segment => segmentIds.Contains(segment.Id));
        var excluded = found.FindAll(segment => excludedIds.Contains(segment.Id));
        if (ExportRules.Fault(source, segments, excluded) is { } fault)
            throw fault;
        return segments.Count == 0 ? 0 : await reader.CountAsync(source, new SegmentSelection(segments, excluded), cancellationToken);
    }
}
