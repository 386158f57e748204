using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

internal static class RunRows
{
    /// <summary>Runs with the name of their export and what the reader may do with them, in the order they come.</summary>
    public static async Task<IReadOnlyList<RunRow>> ReadAsync(AppDb db, Actor actor, IQueryable<Run> runs, CancellationToken cancel)
    {
        var access = await ExportAccess.ReadAsync(db, actor, cancel);
        var rows = await runs.Select(run => new { Run = run, run.Export!.Name, run.Export.ConnectionId }).ToListAsync(cancel);
        return rows.ConvertAll(row => new RunRow(RunFacts.Of(row.Run), row.Name, access.To(row.ConnectionId)));
    }
}
