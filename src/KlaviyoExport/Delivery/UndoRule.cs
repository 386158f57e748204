using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Decides whether a run can be undone: when somebody asks for it, and again when the undo is executed, because other runs may have been
/// executed in between.
/// </summary>
internal static class UndoRule
{
    /// <summary>Returns why a run cannot be undone. Null when it can.</summary>
    /// <param name="db">The context.</param>
    /// <param name="run">The run to undo.</param>
    /// <param name="undoId">The run that is to undo it. Null when it is not queued yet.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<LocalizedMessage?> RefusalAsync(AppDb db, Run run, int? undoId, CancellationToken cancellationToken)
    {
        if (!run.State.IsFinal())
            return new LocalizedMessage("Delivery.UndoTooEarly");
        if (run.UndoesRunId is not null)
            return new LocalizedMessage("Delivery.UndoOfUndo");
        var export = await db.Set<Export>()
            .Where(export => export.Id == run.ExportId)
            .Select(export => new { export.ListId, AccountId = export.Connection == null ? null : export.Connection.AccountId })
            .SingleAsync(cancellationToken);
        if (export.AccountId != run.AccountId || export.ListId != run.ListId)
            return new LocalizedMessage("Delivery.UndoOtherList");
        var sent = db.Set<Batch>().Where(batch => batch.RunId == run.Id && batch.SentAt != null);
        var removed = await db.Set<RemovedMember>().CountAsync(removed => removed.RunId == run.Id, cancellationToken);
        if (
            removed + run.Ledger.Removed == 0
            && !await sent.AnyAsync(cancellationToken)
            && !await db.Set<Membership>().AnyAsync(row => row.ReleasedRunId == run.Id, cancellationToken)
        )
            return new LocalizedMessage("Delivery.UndoNothing");
        var others = db.Set<Run>().Where(other => other.Id != run.Id && other.Id != undoId);
        var later = await others
            .Where(other => other.AccountId == run.AccountId && other.ListId == run.ListId)
            .Where(other => other.StartedAt != null && (other.Id > run.Id || other.FinishedAt == null || other.FinishedAt > run.FinishedAt))
            // A run of another export that sent, removed and let go nobody has changed nothing.
            .Where(other =>
                other.ExportId == run.ExportId
                || other.FinishedAt == null
                || other.Ledger.Removed > 0
                || other.Ledger.PutBack > 0
                || db.Set<Batch>().Any(batch => batch.RunId == other.Id && batch.SentAt != null)
                || db.Set<Membership>().Any(row => row.ReleasedRunId == other.Id)
            )
            .OrderByDescending(other => other.Id)
            .Select(other => new { other.Id, db.Set<Export>().First(export => export.Id == other.ExportId).Name })
            .FirstOrDefaultAsync(cancellationToken);
        if (later is not null)
            return new LocalizedMessage("Delivery.UndoLaterRun", later.Id, later.Name);
        if (
            await others
                .Where(other => other.ActiveExportId == run.ExportId)
                .Select(other => (int?)other.Id)
                .FirstOrDefaultAsync(cancellationToken) is
            { } active
        )
            return new LocalizedMessage("Delivery.RetryWhileRunning", active);
        return await sent.AnyAsync(batch => batch.WindowFrom == null, cancellationToken) || removed < run.Ledger.Removed
            ? new LocalizedMessage("Delivery.UndoForgotten")
            : null;
    }
}
