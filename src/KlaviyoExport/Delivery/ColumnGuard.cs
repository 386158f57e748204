using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources.Drift;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Stops a run that needs columns or tables which its source no longer has, or columns whose new type changes what a condition means.
/// </summary>
internal sealed class ColumnGuard(IDbContextFactory<AppDb> stores, SourceColumns columns)
{
    /// <exception cref="RunFailedException">The run cannot deliver what it should. The message names them and what uses them.</exception>
    /// <exception cref="KlaviyoExport.Sources.SourceException">The source cannot be read.</exception>
    public async Task DemandAsync(Export export, CancellationToken cancellationToken)
    {
        var source = export.Source!;
        var segments = await ReachedAsync(export, cancellationToken);
        var tables = MembershipTables.Of(segments.Select(segment => segment.Definition));
        await columns.RefreshAsync(source, tables, cancellationToken);
        var impact = DriftImpact.Of(source, [.. segments], [export]);
        if (
            DriftWarning.Of(impact.Exports.GetValueOrDefault(export.Id)?.Uses.Where(use => use.Effect == DriftEffect.Stops) ?? []) is
            { } stop
        )
            throw new RunFailedException(
                new RunOutcome(
                    stop.Uses[0].SegmentId is null ? RunOutcomeKind.Source : RunOutcomeKind.Segment,
                    new LocalizedMessage(stop.IsOfTable ? "Delivery.TablesChanged" : "Delivery.ColumnsChanged", source.Name, stop.Reasons)
                )
            );
    }

    private async Task<IReadOnlyCollection<Segment>> ReachedAsync(Export export, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await SegmentReferences.ReachedAsync(db, [.. export.Segments, .. export.ExcludedSegments], cancellationToken);
    }
}
