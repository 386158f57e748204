using System.Linq.Expressions;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>Keeps the stored delivered profiles consistent with changes of exports.</summary>
internal static class ListMemory
{
    /// <summary>Applies a change of an export, in the same transaction.</summary>
    public static Task FollowAsync(AppDb db, ExportChange change, CancellationToken cancellationToken) =>
        change switch
        {
            ExportChange.Redirected { ExportId: var export } => DeliveredProfiles.ForgetAsync(db, export, cancellationToken),
            ExportChange.ModeChanged { ExportId: var export, Mode: var mode } => DeliveredProfiles.ChangeModeAsync(
                db,
                export,
                mode,
                cancellationToken
            ),
            ExportChange.Detached { ExportId: var export } => DetachAsync(db, export, cancellationToken),
            ExportChange.AccountLeft { AccountId: var account } => EraseAsync(
                db,
                run => run.AccountId == account && run.ActiveExportId == null,
                cancellationToken
            ),
            _ => Task.CompletedTask,
        };

    private static async Task DetachAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        await DeliveredProfiles.ForgetAsync(db, exportId, cancellationToken);
        await EraseAsync(db, run => run.ExportId == exportId, cancellationToken);
    }

    /// <summary>Selects the differences that the checks of some runs have stored.</summary>
    private static Task<int> EraseAsync(AppDb db, Expression<Func<Run, bool>> isConcerned, CancellationToken cancellationToken)
    {
        var runs = db.Set<Run>().Where(isConcerned);
        return db.Set<ListDifference>()
            .Where(difference => db.Set<ListCheck>().Any(check => check.Id == difference.CheckId && runs.Any(run => run.Id == check.RunId)))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
