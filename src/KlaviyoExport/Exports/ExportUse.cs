using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Tells the rooms below which exports use a source or a segment.</summary>
internal static class ExportUse
{
    /// <summary>Returns the names of the exports that read a source.</summary>
    public static async Task<IReadOnlyList<string>> OfSourceAsync(AppDb db, int sourceId, CancellationToken cancellationToken) =>
        await db.Set<Export>()
            .Where(export => export.SourceId == sourceId)
            .OrderBy(export => export.Name)
            .Select(export => export.Name)
            .ToListAsync(cancellationToken);

    /// <summary>Returns the fields of a source that exports read: the address, what they send, and the countries of phone numbers.</summary>
    public static async Task<IReadOnlyList<FieldUser>> OfFieldsAsync(AppDb db, int sourceId, CancellationToken cancellationToken) =>
        [
            .. (
                await db.Set<Export>()
                    .AsNoTracking()
                    .Where(export => export.SourceId == sourceId)
                    .OrderBy(export => export.Name)
                    .ToListAsync(cancellationToken)
            ).SelectMany(export =>
                export
                    .Fields.SelectMany(mapping => new[] { mapping.Field, mapping.CountryField })
                    .Append(export.EmailField)
                    .OfType<string>()
                    .Select(field => new FieldUser(field, export.Name))
            ),
        ];

    /// <summary>Returns the exports that send or exclude a segment, and whether the actor may change each.</summary>
    public static async Task<IReadOnlyList<SegmentUser>> OfSegmentAsync(
        AppDb db,
        Actor actor,
        int segmentId,
        CancellationToken cancellationToken
    )
    {
        var exports = await db.Set<Export>()
            .AsNoTracking()
            .Include(export => export.Connection!.Shares)
            .Where(export => export.Segments.Any(used => used.Id == segmentId) || export.ExcludedSegments.Any(used => used.Id == segmentId))
            .OrderBy(export => export.Name)
            .ToListAsync(cancellationToken);
        return exports.ConvertAll(export => new SegmentUser(
            SegmentUserKind.Export,
            export.Id,
            export.Name,
            EditExports.Rule.Allows(actor, export.Connection?.IsSharedWith(actor.Id) ?? false)
        ));
    }
}
