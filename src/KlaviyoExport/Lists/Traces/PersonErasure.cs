using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists.Traces;

/// <summary>
/// Erases what is stored about a person, unless work that concerns the person is in progress. That somebody has taken the person off a list
/// is kept with the hash of the address: the next run would put the person back otherwise.
/// </summary>
internal sealed class PersonErasure(
    IDbContextFactory<AppDb> stores,
    EmailHashes hashes,
    TraceReader reader,
    SourceSamples samples,
    SecretProtector secrets
)
{
    private const int Chunk = 500;

    /// <param name="person">The person.</param>
    /// <param name="exportIds">The exports in whose sources the person is.</param>
    /// <param name="record">Adds the entry of the audit to the transaction.</param>
    /// <param name="cancellationToken">Cancels the erasure.</param>
    /// <exception cref="LocalizedException">A run or a check that concerns the person is in progress.</exception>
    public async Task<PersonDataCounts> EraseAsync(
        SoughtPerson person,
        IReadOnlyList<int> exportIds,
        Action<AppDb, PersonDataCounts> record,
        CancellationToken cancellationToken
    )
    {
        // Reading the keys of the installation may store them, and decrypting everything takes long. Both are done before the transaction.
        using var hasher = await hashes.LoadAsync(cancellationToken);
        var hash = person.Address is { } address ? hasher.Hash(address).ToArray() : [];
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var lastRejection = await db.Set<Rejection>().MaxAsync(row => (long?)row.Id, cancellationToken) ?? 0;
        var lastDifference = await db.Set<ListDifference>().MaxAsync(row => (long?)row.Id, cancellationToken) ?? 0;
        var traces = await reader.ReadAsync(db, person, db.Set<Run>(), null, cancellationToken);

        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        await DemandAtRestAsync(db, person, [.. traces.ExportIds.Union(exportIds)], cancellationToken);
        // A run or a check may have ended in the meantime.
        var sources = await TraceReader.SourcesAsync(db, cancellationToken);
        var rejections = traces.Rejections.Concat(
            await reader.RejectionsAsync(db, person, db.Set<Run>(), sources, lastRejection, cancellationToken)
        );
        var differences = traces.Differences.Concat(
            await reader.DifferencesAsync(db, person, db.Set<Run>(), sources, lastDifference, cancellationToken)
        );
        var counts = new PersonDataCounts(
            await Memberships.EraseAsync(db, hash, cancellationToken),
            await ClearAsync(db, [.. rejections.Select(row => row.Row.Id).Distinct()], cancellationToken),
            await db.Set<RemovedMember>().Where(row => row.EmailHash == hash).ExecuteDeleteAsync(cancellationToken),
            await DeleteAsync(db, [.. differences.Select(row => row.Row.Id).Distinct()], cancellationToken)
        );
        await ClearExamplesAsync(db, person, cancellationToken);
        await samples.ForgetAsync(db, person.Texts, cancellationToken);
        record(db, counts);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return counts;
    }

    private async Task DemandAtRestAsync(AppDb db, SoughtPerson person, IReadOnlyList<int> exportIds, CancellationToken cancellationToken)
    {
        var active = await db.Set<Run>()
            .Where(run => run.ActiveExportId != null)
            .Join(
                db.Set<Export>(),
                run => run.ExportId,
                export => export.Id,
                (run, export) =>
                    new
                    {
                        run.Id,
                        ExportId = export.Id,
                        export.Name,
                    }
            )
            .OrderBy(run => run.Id)
            .ToListAsync(cancellationToken);
        foreach (var run in active)
            if (exportIds.Contains(run.ExportId) || await IsInBatchAsync(db, person, run.Id, cancellationToken))
                throw new LocalizedException(new LocalizedMessage("Lists.PersonInRun", run.Id, run.Name));
        var check = await db.Set<ListCheck>()
            .Where(check => check.FinishedAt == null)
            .Join(db.Set<Run>(), check => check.RunId, run => run.Id, (check, run) => run)
            .Join(db.Set<Export>(), run => run.ExportId, export => export.Id, (run, export) => new { run.Id, export.Name })
            .FirstOrDefaultAsync(cancellationToken);
        if (check is not null)
            throw new LocalizedException(new LocalizedMessage("Lists.PersonInCheck", check.Id, check.Name));
    }

    private async Task<bool> IsInBatchAsync(AppDb db, SoughtPerson person, int runId, CancellationToken cancellationToken)
    {
        var batches = await db.Set<Batch>().Where(batch => batch.RunId == runId).Select(batch => batch.Id).ToListAsync(cancellationToken);
        foreach (var id in batches)
            if (
                await db.Set<BatchPayload>().AsNoTracking().SingleOrDefaultAsync(one => one.BatchId == id, cancellationToken) is { } payload
                && BatchContent.Open(payload.Content, secrets).Any(row => row.Email == person.Address)
            )
                return true;
        return false;
    }

    /// <summary>Clears rejections. The rows are kept, because the ledger of the run counts them.</summary>
    private static async Task<int> ClearAsync(AppDb db, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        foreach (var chunk in ids.Chunk(Chunk))
            await db.Set<Rejection>()
                .Where(row => chunk.Contains(row.Id))
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.Email, (byte[]?)null)
                            .SetProperty(row => row.ProfileKey, "-")
                            .SetProperty(row => row.Detail, (string?)null),
                    cancellationToken
                );
        return ids.Count;
    }

    /// <summary>Takes the keys of the person out of the examples of runs. They are few, so all are read.</summary>
    private static async Task ClearExamplesAsync(AppDb db, SoughtPerson person, CancellationToken cancellationToken)
    {
        var outcomes = await db.Set<FieldOutcome>()
            .Join(db.Set<Run>(), outcome => outcome.RunId, run => run.Id, (Outcome, run) => new { Outcome, run.ExportId })
            .Join(db.Set<Export>(), one => one.ExportId, export => export.Id, (one, export) => new { one.Outcome, export.SourceId })
            .ToListAsync(cancellationToken);
        foreach (var one in outcomes.Where(one => one.Outcome.Examples.Exists(example => IsOf(one.SourceId, example))))
            one.Outcome.Examples = one.Outcome.Examples.FindAll(example => !IsOf(one.SourceId, example));

        bool IsOf(int sourceId, FieldExample example) =>
            person.Owns(sourceId, example.ProfileKey, null) || person.Owns(sourceId, null, example.ProfileKey);
    }

    private static async Task<int> DeleteAsync(AppDb db, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        foreach (var chunk in ids.Chunk(Chunk))
            await db.Set<ListDifference>().Where(row => chunk.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
        return ids.Count;
    }
}
