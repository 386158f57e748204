using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists.Traces;

/// <summary>
/// Collects or erases what is stored about one person, for a person who asks for it. It reads the sources, and decrypts the addresses of
/// all rejections and differences, so it can take seconds. The address or key is never stored, logged or recorded in the audit.
/// </summary>
public sealed class PersonDataService
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // The file is not part of a page.
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly PersonIdentification _identification;
    private readonly TraceReader _traces;
    private readonly PersonErasure _erasure;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal PersonDataService(
        IDbContextFactory<AppDb> stores,
        PersonIdentification identification,
        TraceReader traces,
        PersonErasure erasure,
        Audit audit,
        TimeProvider clock
    ) => (_stores, _identification, _traces, _erasure, _audit, _clock) = (stores, identification, traces, erasure, audit, clock);

    /// <summary>Counts what <see cref="EraseAsync"/> would erase.</summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="text">The address or the key of the person.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="NotAllowedException">The actor may not handle personal data.</exception>
    /// <exception cref="LocalizedException">A key belongs to several people.</exception>
    public async Task<PersonDataCounts> CountAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        HandlePersonData.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var (person, _) = await _identification.IdentifyAsync(db, text, cancellationToken);
        return (await _traces.ReadAsync(db, person, db.Set<Run>(), null, cancellationToken)).Counts;
    }

    /// <summary>Returns what is stored about a person as a JSON file in UTF-8. The download is recorded in the audit.</summary>
    /// <inheritdoc cref="CountAsync"/>
    public async Task<byte[]> DownloadAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        HandlePersonData.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var (person, _) = await _identification.IdentifyAsync(db, text, cancellationToken);
        var traces = await _traces.ReadAsync(db, person, db.Set<Run>(), null, cancellationToken);
        var exportIds = traces.ExportIds.ToList();
        var names = await db.Set<Export>()
            .Where(export => exportIds.Contains(export.Id))
            .ToDictionaryAsync(export => export.Id, export => (export.Name, export.ListName), cancellationToken);
        var runIds = traces
            .Rejections.Select(row => row.Row.RunId)
            .Concat(traces.Removed.Select(row => row.Row.RunId))
            .Concat(traces.Differences.Select(row => row.RunId))
            .Distinct()
            .ToList();
        var runs = await db.Set<Run>()
            .Where(run => runIds.Contains(run.Id))
            .ToDictionaryAsync(run => run.Id, run => run.QueuedAt, cancellationToken);
        var file = JsonSerializer.SerializeToUtf8Bytes(PersonRecord.Of(person, traces, _clock.GetUtcNow(), names, runs), Readable);
        _audit.Add(db, actor, "Lists.PersonDownloaded", detail: CountsOf(traces.Counts));
        await db.SaveChangesAsync(cancellationToken);
        return file;
    }

    /// <summary>
    /// Erases what is stored about a person, in one transaction, and records the counts in the audit. Klaviyo is not changed: the person
    /// stays on every list. It is forgotten that this installation put the person there.
    /// </summary>
    /// <returns>What was erased.</returns>
    /// <exception cref="NotAllowedException">The actor may not handle personal data.</exception>
    /// <exception cref="LocalizedException">
    /// A key belongs to several people, or a run or a check that concerns the person is in progress. Nothing was erased.
    /// </exception>
    /// <inheritdoc cref="CountAsync"/>
    public async Task<PersonDataCounts> EraseAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        HandlePersonData.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var (person, exportIds) = await _identification.IdentifyAsync(db, text, cancellationToken);
        return await _erasure.EraseAsync(
            person,
            exportIds,
            (store, counts) => _audit.Add(store, actor, "Lists.PersonErased", detail: CountsOf(counts)),
            cancellationToken
        );
    }

    private static LocalizedMessage CountsOf(PersonDataCounts counts) =>
        new("Lists.PersonCounts", counts.Memberships, counts.Rejections, counts.Removed, counts.Differences);
}
