using System.Runtime.CompilerServices;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>The profiles of a run that did not make it, page by page or as a file; addresses only for those who may see them.</summary>
public sealed class RejectionService(IDbContextFactory<AppDb> stores, SecretProtector secrets, Audit audit)
{
    private const int Chunk = 1_000;

    /// <summary>
    /// One page, in the order the members were read. Addresses are encrypted, so a search by those who may see them opens every address of
    /// the run (and reason): some thirty microseconds each, three seconds for a hundred thousand. Everybody else's search is the database's
    /// alone.
    /// </summary>
    /// <exception cref="LocalizedException">There is no such run.</exception>
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
        // Looked through once, for the page and for the count.
        var ids = await found.Select(rejection => rejection.Id).ToListAsync(cancellationToken);
        var page = ids.Skip(skip).Take(size).ToList();
        return new RejectionPage(
            await RowsAsync(all.Where(rejection => page.Contains(rejection.Id)), 0, size, maySee, cancellationToken),
            ids.Count
        );
    }

    /// <summary>
    /// Writes them as CSV (RFC 4180, UTF-8 with its mark, headings and reasons in the reader's language) as they are read, however many
    /// there are; the audit says who took them. What a spreadsheet would run as a formula is made plain text. The column of addresses is
    /// there only for those who may see them.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="runId">The run.</param>
    /// <param name="reason">Null: all.</param>
    /// <param name="output">Left open.</param>
    /// <param name="cancellationToken">Stops in the middle of the file.</param>
    /// <exception cref="LocalizedException">There is no such run; nothing was written.</exception>
    public async Task WriteCsvAsync(Actor actor, int runId, RejectionReason? reason, Stream output, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var maySee = await MaySeeEmailsAsync(db, actor, runId, cancellationToken);
        var export = await db.Set<Run>()
            .Where(run => run.Id == runId)
            .Join(db.Set<Export>(), run => run.ExportId, export => export.Id, (run, export) => new { export.Id, export.Name })
            .SingleAsync(cancellationToken);
        // Before the first line: who broke off has them, too.
        audit.Add(db, actor, "Exports.RejectionsDownloaded", export.Name, export.Id, new LocalizedMessage("Exports.OfRun", runId));
        await db.SaveChangesAsync(cancellationToken);
        await using var csv = new RejectionCsv(output, maySee);
        await csv.WriteHeadingsAsync(cancellationToken);
        await foreach (var row in ReadAsync(Of(db, runId, reason), maySee, cancellationToken))
            await csv.WriteAsync(row, cancellationToken);
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
            ?? throw new LocalizedException(new LocalizedMessage("Delivery.RunGone"));
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

    /// <summary>A chunk at a time: a slow reader holds nothing open in the store.</summary>
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
