using System.Linq.Expressions;
using KlaviyoExport.Data;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>What depends on the columns of a source that no longer exist or have another type.</summary>
/// <param name="SourceId">The source.</param>
/// <param name="Uses">All uses of such columns: the key, conditions of segments, and what exports read.</param>
/// <param name="Segments">The segments with such a condition, of their own or in a segment that they refer to, by their ids.</param>
/// <param name="Exports">The exports that read such a column or one of these segments, by their ids.</param>
public sealed record DriftImpact(
    int SourceId,
    IReadOnlyList<ColumnUse> Uses,
    IReadOnlyDictionary<int, DriftWarning> Segments,
    IReadOnlyDictionary<int, DriftWarning> Exports
)
{
    /// <summary>What the changes mean for the source as a whole. Null when nothing depends on the changed columns.</summary>
    public DriftWarning? Warning =>
        DriftWarning.Of(Uses) is { } worst
            ? IsOfUnusedSegments
                ? worst with
                {
                    Effect = DriftEffect.GoesOn,
                }
                : worst
            : null;

    /// <summary>Whether only segments that no export sends or excludes need what has changed.</summary>
    private bool IsOfUnusedSegments =>
        Uses.All(use => use.SegmentId is not null || use.Effect == DriftEffect.GoesOn)
        && Exports.Values.All(warning => warning.Effect == DriftEffect.GoesOn);

    /// <summary>Reads what depends on the changed columns of all sources that have any.</summary>
    internal static Task<IReadOnlyList<DriftImpact>> ReadAllAsync(AppDb db, CancellationToken cancellationToken) =>
        ReadAsync(db, source => source.Drift != null, source => source.Drift!.HasLost, cancellationToken);

    /// <summary>Reads what depends on the changed columns of some sources.</summary>
    internal static async Task<IReadOnlyList<DriftImpact>> ReadAsync(
        AppDb db,
        Expression<Func<Source, bool>> which,
        CancellationToken cancellationToken
    ) => await ReadAsync(db, which, _ => true, cancellationToken);

    private static async Task<IReadOnlyList<DriftImpact>> ReadAsync(
        AppDb db,
        Expression<Func<Source, bool>> which,
        Predicate<Source> matters,
        CancellationToken cancellationToken
    )
    {
        var found = await db.Set<Source>().AsNoTracking().Where(which).OrderBy(source => source.Name).ToListAsync(cancellationToken);
        var sources = found.FindAll(matters);
        if (sources.Count == 0)
            return [];
        var ids = sources.ConvertAll(source => source.Id);
        var segments = (
            await db.Set<Segment>()
                .AsNoTracking()
                .Where(segment => ids.Contains(segment.SourceId))
                .OrderBy(segment => segment.Name)
                .ToListAsync(cancellationToken)
        ).ToLookup(segment => segment.SourceId);
        var exports = (
            await db.Set<Export>()
                .AsNoTracking()
                .AsSplitQuery()
                .Include(export => export.Segments)
                .Include(export => export.ExcludedSegments)
                .Where(export => ids.Contains(export.SourceId))
                .OrderBy(export => export.Name)
                .ToListAsync(cancellationToken)
        ).ToLookup(export => export.SourceId);
        return sources.ConvertAll(source => Of(source, [.. segments[source.Id]], [.. exports[source.Id]]));
    }

    /// <param name="source">The source.</param>
    /// <param name="segments">All segments that matter, with those that they refer to.</param>
    /// <param name="exports">The exports, with their segments.</param>
    internal static DriftImpact Of(Source source, IReadOnlyList<Segment> segments, IReadOnlyList<Export> exports)
    {
        var columns = new ChangedColumns(source);
        var keys = columns.OfSource();
        var bySegment = segments.ToDictionary(segment => segment.Id, columns.Of);
        var byExport = exports.ToDictionary(export => export.Id, columns.Of);
        var reached = new SegmentReach(segments);
        return new DriftImpact(
            source.Id,
            [.. keys, .. bySegment.Values.SelectMany(uses => uses), .. byExport.Values.SelectMany(uses => uses)],
            Affected(segments.Select(segment => (segment.Id, keys.Concat(OfAll([segment.Id])))), areSegments: true),
            Affected(
                exports.Select(export =>
                    (
                        export.Id,
                        keys.Concat(byExport[export.Id])
                            .Concat(OfAll(export.Segments.Concat(export.ExcludedSegments).Select(segment => segment.Id)))
                    )
                ),
                areSegments: false
            )
        );

        IEnumerable<ColumnUse> OfAll(IEnumerable<int> ids) => reached.From(ids).SelectMany(id => bySegment.GetValueOrDefault(id) ?? []);
    }

    private static Dictionary<int, DriftWarning> Affected(IEnumerable<(int Id, IEnumerable<ColumnUse> Uses)> all, bool areSegments) =>
        all.Select(one => (one.Id, Warning: DriftWarning.Of(one.Uses, areSegments)))
            .Where(one => one.Warning is not null)
            .ToDictionary(one => one.Id, one => one.Warning!);
}
