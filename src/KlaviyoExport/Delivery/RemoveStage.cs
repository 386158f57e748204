using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Removes the profiles that left the segments from the list (mirror exports only). Only profiles that this export added are removed.
/// Each removal is stored, so an interrupted removal resumes where it stopped. Consent is not changed.
/// </summary>
internal sealed class RemoveStage(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    SecretProtector secrets,
    RunJournal journal,
    ILogger<RemoveStage> logger
)
{
    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        if (run.SyncMode != SyncMode.Mirror)
            return;
        var total = await LeavingAsync(run.RunId, cancellationToken);
        await journal.EnterAsync(run.Claim, Stage.Remove, total, cancellationToken);
        var progress = journal.Progress(run.Claim, total);
        while (await NextAsync(run, cancellationToken) is { Count: > 0 } leaving)
        {
            await RemoveAsync(run, leaving, cancellationToken);
            await progress.ReportAsync(total - await LeavingAsync(run.RunId, cancellationToken), cancellationToken);
        }
    }

    private async Task<int> LeavingAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Delivered>().CountAsync(row => row.LeavingRunId == runId, cancellationToken);
    }

    private async Task<List<Delivered>> NextAsync(StageContext run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // An execution that has lost its claim must not remove anyone from the list.
        await using var held = await run.Claim.BeginAsync(db, cancellationToken);
        return await db.Set<Delivered>()
            .AsNoTracking()
            .Where(row => row.LeavingRunId == run.RunId)
            .OrderBy(row => row.EmailHash)
            .Take(KlaviyoLimits.ProfilesPerRemoval)
            .ToListAsync(cancellationToken);
    }

    private async Task RemoveAsync(StageContext run, List<Delivered> leaving, CancellationToken cancellationToken)
    {
        var ids = new List<string>(leaving.Count);
        foreach (
            var emails in leaving
                .Where(row => row.Email is not null)
                .Select(row => secrets.UnprotectEmail(row.Email!))
                .Chunk(KlaviyoLimits.EmailsPerLookup)
        )
        {
            var found = await klaviyo.FindProfilesAsync(run.Credential, emails, cancellationToken);
            if (!found.Succeeded)
                throw Refusals.Fatal(found.Refusal, run.ListId);
            ids.AddRange(found.Value.Select(profile => profile.Id));
        }

        // Profiles that no longer exist in Klaviyo are not on any list.
        var removed = await klaviyo.RemoveFromListAsync(run.Credential, run.ListId, ids, cancellationToken);
        if (!removed.Succeeded)
            throw Refusals.Fatal(removed.Refusal, run.ListId);

        // The profiles have been removed. This is stored even when the run is being canceled at this moment.
        await using var db = await stores.CreateDbContextAsync(CancellationToken.None);
        await using var transaction = await run.Claim.BeginAsync(db, CancellationToken.None);
        foreach (var chunk in leaving.Select(row => row.EmailHash).Chunk(500))
        {
            await db.Set<Delivered>()
                .Where(row => row.ExportId == run.Export.Id && row.LeavingRunId == run.RunId && chunk.Contains(row.EmailHash))
                .ExecuteDeleteAsync(CancellationToken.None);
        }
        await transaction.CommitAsync(CancellationToken.None);
        Log.Removed(logger, run.RunId, leaving.Count, ids.Count);
    }
}
