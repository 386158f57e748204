using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// The stage of a run that undoes another run, in which it takes off the list whom that run added, puts back whom it removed and holds again
/// whom it has let go. Consent is not changed. Each step is stored, so an interrupted stage resumes where it stopped.
/// </summary>
internal sealed class UndoStage(
    IDbContextFactory<AppDb> stores,
    UndoneJoiners joiners,
    UndoneRemovals removals,
    ListHolders holders,
    RunJournal journal
)
{
    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        var others = await holders.ReadAsync(run.AccountId, run.ListId, run.Export.Id, cancellationToken);
        var (leaving, returning) = (await joiners.LeftAsync(run, cancellationToken), await removals.LeftAsync(run, cancellationToken));
        var total = leaving.Count + returning.Count;
        await journal.EnterAsync(run.Claim, Stage.Remove, total, cancellationToken);
        await HoldAgainAsync(run, cancellationToken);
        await using var progress = journal.Progress(run.Claim, run.Credential.Quota, Stage.Remove, total);
        using var chunks = new ChunksInFlight(progress);
        await joiners.TakeOffAsync(run, others, leaving, chunks, cancellationToken);
        await removals.PutBackAsync(run, returning, chunks, cancellationToken);
    }

    private async Task HoldAgainAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        await Memberships.HoldAgainAsync(db, run.Export.Id, run.Undoes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
