using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Finds the exports that changed columns of their source will stop.</summary>
internal static class ColumnAttention
{
    public static async Task<IEnumerable<Attention>> ReadAsync(AppDb db, int take, CancellationToken cancellationToken)
    {
        var stopped = (await DriftQueries.AllAsync(db, cancellationToken)).Exports.Where(one => one.Value.Effect != DriftEffect.GoesOn);
        var warnings = stopped.ToDictionary();
        if (warnings.Count == 0)
            return [];
        var exports = await db.Set<Export>()
            .Where(export => warnings.Keys.Contains(export.Id))
            .OrderBy(export => export.Name)
            .Take(take)
            .Select(export => new { export.Id, export.Name })
            .ToListAsync(cancellationToken);
        return exports.Select(export => new Attention(
            AttentionKind.ColumnsChanged,
            export.Id,
            null,
            export.Name,
            null,
            null,
            warnings[export.Id].Message
        ));
    }
}
