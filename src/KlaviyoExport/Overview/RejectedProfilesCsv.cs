using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>
/// Writes the rejected profiles of a run with the columns of their source, so that they can be corrected and loaded again.
/// </summary>
public sealed class RejectedProfilesCsv(IDbContextFactory<AppDb> stores, SegmentReader reader, Audit audit)
{
    private static readonly ConditionSegment Everybody = new(new ConditionGroup(GroupKind.All, []));

    /// <summary>
    /// Writes UTF-8 with a byte order mark: all fields of the source, then the reason. The values are read from the source now, once, so
    /// they may differ from those of the run. Of several rows with one key the first is written, as in a run. A profile that is no longer
    /// in the source has only its key columns and the reason. The download is recorded in the audit log.
    /// </summary>
    /// <param name="actor">A person who may see the addresses of rejected profiles.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="reason">The reason to filter by. Null for all rejections.</param>
    /// <param name="output">The stream to write to. It stays open.</param>
    /// <param name="cancellationToken">Cancels the operation. A part of the file may already have been written.</param>
    /// <exception cref="LocalizedException">
    /// The run does not exist, or its source cannot be read. Nothing was written, except when the source fails later.
    /// </exception>
    public async Task WriteAsync(Actor actor, int runId, RejectionReason? reason, Stream output, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var export =
            await db.Set<Run>()
                .Where(run => run.Id == runId)
                .Join(db.Set<Export>(), run => run.ExportId, export => export.Id, (run, export) => export)
                .Include(export => export.Source)
                .AsNoTracking()
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        if (!(await ExportAccess.ReadAsync(db, actor, cancellationToken)).To(export.ConnectionId).MaySeeEmails)
            throw new NotAllowedException();
        var reasons = await ReasonsAsync(db, runId, reason, cancellationToken);
        audit.Add(db, actor, "Exports.RejectedProfilesDownloaded", export.Name, export.Id, new LocalizedMessage("Exports.OfRun", runId));
        await db.SaveChangesAsync(cancellationToken);
        await WriteAsync(export.Source!, reasons, output, cancellationToken);
    }

    private async Task WriteAsync(Source source, Dictionary<string, string> reasons, Stream output, CancellationToken cancellationToken)
    {
        List<string> fields = [.. source.Fields.Select(field => field.Name)];
        var all = new Segment
        {
            Name = source.Name,
            SourceId = source.Id,
            Definition = Everybody,
            CreatedBy = source.CreatedBy,
        };
        await using var profiles = reader
            .ReadAsync(source, new SegmentSelection([all], []), fields, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        // Most reasons why a source cannot be read are found here, before anything is written.
        var isMore = await profiles.MoveNextAsync();
        await using var csv = new MendableCsv(output);
        await csv.WriteAsync([.. fields, CsvCell.ReasonColumn], cancellationToken);
        for (; isMore && reasons.Count > 0; isMore = await profiles.MoveNextAsync())
        {
            if (reasons.Remove(profiles.Current.Key, out var why))
                await csv.WriteAsync([.. profiles.Current.Values, why], cancellationToken);
        }
        foreach (var (key, why) in reasons)
        {
            var parts = source.KeyColumns.Zip(source.KeyColumns.Split(key)).ToDictionary(StringComparer.Ordinal);
            await csv.WriteAsync([.. fields.Select(field => parts.GetValueOrDefault(field)), why], cancellationToken);
        }
    }

    private static async Task<Dictionary<string, string>> ReasonsAsync(
        AppDb db,
        int runId,
        RejectionReason? reason,
        CancellationToken cancellationToken
    )
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        var rows = db.Set<Rejection>()
            .Where(rejection => rejection.RunId == runId && (reason == null || rejection.Reason == reason))
            .OrderBy(rejection => rejection.Ordinal)
            .Select(rejection => new RejectionRow(
                rejection.Id,
                rejection.ProfileKey,
                rejection.Reason,
                null,
                rejection.Code,
                rejection.Detail,
                rejection.BatchNumber
            ));
        var culture = CultureInfo.CurrentUICulture;
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var text = new LocalizedMessage($"Delivery.Reason.{row.Reason}").In(culture);
            reasons.TryAdd(row.ProfileKey, row.DetailIn(culture) is { } detail ? $"{text}: {detail}" : text);
        }
        return reasons;
    }
}
