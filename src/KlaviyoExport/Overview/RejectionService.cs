using System.Runtime.CompilerServices;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>
/// Reads the rejected profiles of a run, in pages or as a CSV file. Email addresses are included only for people who may see them.
/// </summary>
public sealed class RejectionService(IDbContextFactory<AppDb> stores, SecretProtector secrets, Audit audit)
{
    private const int Chunk = 1_000;

    /// <summary>
    /// Returns one page of rejections, in the order in which the members were read. Email addresses are encrypted. A search by a person who
    /// may see them therefore decrypts every address of the run that has the requested reason. This takes about thirty microseconds for
    /// each address, so about three seconds for 100,000. For all other people the database does the search.
    /// </summary>
    /// <exception cref="LocalizedException">The run does not exist.</exception>
    public async Task<RejectionPage> ListAsync(Actor actor, int runId, RejectionQuery query, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var maySee = await MaySeeEmailsAsync(db, actor, runId, cancellationToken);
        var all = Of(db, runId, query.Reason);
        var size = Math.Clamp(query.PageSize, 1, RejectionQuery.LargestPage);
        var skip = (int)Math.Min(int.MaxValue, (Math.Max(1L, query.Page) - 1) * size);
        if (CaseFolding.Needle(query.Search) is not { } needle)
            return new RejectionPage(await RowsAsync(all, skip, size, maySee, cancellationToken), await all.CountAsync(cancellationToken));
        if (maySee)
            return await SearchAddressesAsync(all, needle, skip, size, cancellationToken);
        var found = all.Where(rejection =>
            CaseFolding.Lower(rejection.ProfileKey).Contains(needle)
            || CaseFolding.Lower(rejection.Detail!).Contains(needle)
            || CaseFolding.Lower(rejection.Code!).Contains(needle)
        );
        // One search serves both the page and the count.
        var ids = await found.Select(rejection => rejection.Id).ToListAsync(cancellationToken);
        var page = ids.Skip(skip).Take(size).ToList();
        return new RejectionPage(
            await RowsAsync(all.Where(rejection => page.Contains(rejection.Id)), 0, size, maySee, cancellationToken),
            ids.Count
        );
    }

    /// <summary>
    /// Writes the rejections of a run as CSV: RFC 4180, UTF-8 with a byte order mark, headings and reasons in the reader's language. Rows
    /// are written while they are read, so the number of rejections is not limited. Cells that a spreadsheet would run as a formula are
    /// written as plain text. The email column is present only for people who may see addresses. The download is recorded in the audit log.
    /// </summary>
    /// <param name="actor">The person who downloads the file.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="reason">The reason to filter by. Null for all rejections.</param>
    /// <param name="output">The stream to write to. It stays open.</param>
    /// <param name="cancellationToken">Cancels the operation. A part of the file may already have been written.</param>
    /// <param name="withEmails">False to leave the addresses out in any case.</param>
    /// <exception cref="GoneException">The run does not exist. Nothing was written.</exception>
    public async Task WriteCsvAsync(
        Actor actor,
        int runId,
        RejectionReason? reason,
        Stream output,
        CancellationToken cancellationToken,
        bool withEmails = true
    )
    {
        var download = await DownloadAsync(actor, runId, reason, withEmails, cancellationToken);
        await using var csv = new RejectionCsv(output, download.HasEmails);
        await csv.WriteHeadingsAsync(cancellationToken);
        await foreach (var row in download.Rows.WithCancellation(cancellationToken))
            await csv.WriteAsync(row, cancellationToken);
    }

    /// <summary>Returns all rejections of a run, read in chunks from the store. The download is recorded in the audit log.</summary>
    /// <param name="actor">The person who downloads the rejections.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="reason">The reason to filter by. Null for all rejections.</param>
    /// <param name="withEmails">False to leave the addresses out. True to include them if the actor may see them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="GoneException">The run does not exist.</exception>
    public async Task<RejectionDownload> DownloadAsync(
        Actor actor,
        int runId,
        RejectionReason? reason,
        bool withEmails,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var maySee = await MaySeeEmailsAsync(db, actor, runId, cancellationToken) && withEmails;
        var export = await db.Set<Run>()
            .Where(run => run.Id == runId)
            .Join(db.Set<Export>(), run => run.ExportId, export => export.Id, (run, export) => new { export.Id, export.Name })
            .SingleAsync(cancellationToken);
        // Record the download before the first row is written: a person who aborts the download may already have some of the rows.
        audit.Add(db, actor, "Exports.RejectionsDownloaded", export.Name, export.Id, new LocalizedMessage("Exports.OfRun", runId));
        await db.SaveChangesAsync(cancellationToken);
        return new RejectionDownload(maySee, ReadAllAsync(runId, reason, maySee, cancellationToken));
    }

    private async IAsyncEnumerable<RejectionRow> ReadAllAsync(
        int runId,
        RejectionReason? reason,
        bool maySee,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await foreach (var row in ReadAsync(Of(db, runId, reason), maySee, cancellationToken))
            yield return row;
    }

    private static IQueryable<Rejection> Of(AppDb db, int runId, RejectionReason? reason) =>
        db.Set<Rejection>()
            .AsNoTracking()
            .Where(rejection => rejection.RunId == runId && (reason == null || rejection.Reason == reason))
            .OrderBy(rejection => rejection.Ordinal);

    private static async Task<bool> MaySeeEmailsAsync(AppDb db, Actor actor, int runId, CancellationToken cancellationToken)
    {
        var run =
            await db.Set<Run>()
                .Where(run => run.Id == runId)
                .Select(run => new { db.Set<Export>().First(export => export.Id == run.ExportId).ConnectionId })
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        return (await ExportAccess.ReadAsync(db, actor, cancellationToken)).To(run.ConnectionId).MaySeeEmails;
    }

    private async Task<RejectionPage> SearchAddressesAsync(
        IQueryable<Rejection> all,
        string needle,
        int skip,
        int size,
        CancellationToken cancellationToken
    )
    {
        var (page, total) = (new List<RejectionRow>(size), 0);
        await foreach (var row in ReadAsync(all, maySee: true, cancellationToken))
        {
            if (!Has(row.ProfileKey) && !Has(row.Email) && !Has(row.Detail) && !Has(row.Code))
                continue;
            if (++total > skip && page.Count < size)
                page.Add(row);
        }
        return new RejectionPage(page, total);

        bool Has(string? text) => text is not null && CaseFolding.Of(text).Contains(needle, StringComparison.Ordinal);
    }

    /// <summary>Reads the rejections in chunks, so that a slow reader does not keep a query open in the store.</summary>
    private async IAsyncEnumerable<RejectionRow> ReadAsync(
        IQueryable<Rejection> all,
        bool maySee,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var last = -1L;
        List<Rejection> rows;
        do
        {
            rows = await all.Where(rejection => rejection.Ordinal > last).Take(Chunk).ToListAsync(cancellationToken);
            foreach (var row in rows)
                yield return RowOf(row, maySee);
            last = rows.LastOrDefault()?.Ordinal ?? last;
        } while (rows.Count == Chunk);
    }

    private async Task<List<RejectionRow>> RowsAsync(
        IQueryable<Rejection> rows,
        int skip,
        int take,
        bool maySee,
        CancellationToken cancellationToken
    ) => (await rows.Skip(skip).Take(take).ToListAsync(cancellationToken)).ConvertAll(row => RowOf(row, maySee));

    private RejectionRow RowOf(Rejection row, bool maySee) =>
        new(
            row.Id,
            row.ProfileKey,
            row.Reason,
            maySee && row.Email is not null ? secrets.UnprotectEmail(row.Email) : null,
            row.Code,
            row.Detail,
            row.BatchNumber
        );
}
