using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

internal static class RunRows
{
    /// <summary>Returns runs with the names of their exports and the reader's permissions, in the order of the query.</summary>
    public static async Task<IReadOnlyList<RunRow>> ReadAsync(
        AppDb db,
        Actor actor,
        IQueryable<Run> runs,
        CancellationToken cancellationToken
    )
    {
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        // A left join keeps the order and the limit of the runs.
        var rows = await runs.Select(run => new
            {
                Run = run,
                Export = db.Set<Export>()
                    .Where(export => export.Id == run.ExportId)
                    .Select(export => new { export.Name, export.ConnectionId })
                    .First(),
            })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new RunRow(RunFacts.Of(row.Run), row.Export.Name, access.To(row.Export.ConnectionId)));
    }
}
