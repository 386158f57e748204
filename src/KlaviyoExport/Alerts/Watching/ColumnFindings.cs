using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts.Watching;

/// <summary>Finds the exports that changed columns of their source will stop, and those that can run again.</summary>
internal static class ColumnFindings
{
    /// <param name="db">The store.</param>
    /// <param name="names">The names of all exports.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public static async Task<IEnumerable<Finding>> ReadAsync(
        AppDb db,
        IReadOnlyDictionary<int, string> names,
        CancellationToken cancellationToken
    )
    {
        var impacts = await DriftImpact.ReadAllAsync(db, cancellationToken);
        var stopped = impacts
            .SelectMany(impact => impact.Exports)
            .Where(one => one.Value.Effect != DriftEffect.GoesOn && names.ContainsKey(one.Key))
            .ToDictionary();
        var told = await db.Set<AlertState>()
            .Where(state => state.Topic == AlertTopic.Columns)
            .Select(state => state.SubjectId)
            .ToListAsync(cancellationToken);
        return
        [
            .. stopped.Select(one => new Finding(AlertTopic.Columns, one.Key, names[one.Key], AlertReason.ColumnsChanged, 0)
            {
                Why = one.Value.Message,
            }),
            .. told.Where(id => names.ContainsKey(id) && !stopped.ContainsKey(id))
                .Select(id => new Finding(AlertTopic.Columns, id, names[id], null, 0)),
        ];
    }
}
