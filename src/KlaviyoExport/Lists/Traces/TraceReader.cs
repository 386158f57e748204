using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists.Traces;

/// <summary>
/// Reads what is stored about a person. Memberships and removals are found by the hash of the address. Addresses of rejections and of
/// differences are encrypted, so each of them is decrypted, which takes about thirty microseconds.
/// </summary>
internal sealed class TraceReader(EmailHashes hashes, SecretProtector secrets)
{
    /// <param name="db">The context.</param>
    /// <param name="person">Decides what is about the person.</param>
    /// <param name="runs">The runs to look at.</param>
    /// <param name="exportIds">The exports whose memberships to read. Null for all.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async Task<PersonTraces> ReadAsync(
        AppDb db,
        SoughtPerson person,
        IQueryable<Run> runs,
        IReadOnlyList<int>? exportIds,
        CancellationToken cancellationToken
    )
    {
        var sources = await SourcesAsync(db, cancellationToken);
        var (memberships, removed) = (new List<Membership>(), new List<TracedRemoval>());
        if (person.Address is { } address)
        {
            using var hasher = await hashes.LoadAsync(cancellationToken);
            var hash = hasher.Hash(address).ToArray();
            memberships = await db.Set<Membership>()
                .AsNoTracking()
                .Where(row => row.EmailHash == hash && (exportIds == null || exportIds.Contains(row.ExportId)))
                .OrderBy(row => row.ExportId)
                .ToListAsync(cancellationToken);
            removed = await runs.Join(
                    db.Set<RemovedMember>().AsNoTracking().Where(row => row.EmailHash == hash && !row.IsPlanned),
                    run => run.Id,
                    row => row.RunId,
                    (run, row) => new TracedRemoval(run.ExportId, row)
                )
                .ToListAsync(cancellationToken);
        }
        return new PersonTraces(
            memberships,
            await RejectionsAsync(db, person, runs, sources, 0, cancellationToken),
            removed,
            await DifferencesAsync(db, person, runs, sources, 0, cancellationToken)
        );
    }

    /// <summary>Reads the rejections with a larger ID than one of them.</summary>
    public async Task<IReadOnlyList<TracedRejection>> RejectionsAsync(
        AppDb db,
        SoughtPerson person,
        IQueryable<Run> runs,
        IReadOnlyDictionary<int, int> sources,
        long after,
        CancellationToken cancellationToken
    )
    {
        var found = new List<TracedRejection>();
        var rows = runs.Join(
            db.Set<Rejection>().AsNoTracking().Where(row => row.Id > after),
            run => run.Id,
            row => row.RunId,
            (run, row) => new { run.ExportId, Row = row }
        );
        await foreach (var one in rows.OrderBy(one => one.Row.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var email = Decrypted(one.Row.Email);
            if (person.Owns(sources[one.ExportId], one.Row.ProfileKey, email))
                found.Add(new TracedRejection(one.ExportId, one.Row, email));
        }
        return found;
    }

    /// <summary>Returns the source of each export.</summary>
    public static Task<Dictionary<int, int>> SourcesAsync(AppDb db, CancellationToken cancellationToken) =>
        db.Set<Export>().ToDictionaryAsync(export => export.Id, export => export.SourceId, cancellationToken);

    /// <summary>Reads the differences with a larger ID than one of them.</summary>
    public async Task<IReadOnlyList<TracedDifference>> DifferencesAsync(
        AppDb db,
        SoughtPerson person,
        IQueryable<Run> runs,
        IReadOnlyDictionary<int, int> sources,
        long after,
        CancellationToken cancellationToken
    )
    {
        var found = new List<TracedDifference>();
        var rows = runs.Join(db.Set<ListCheck>(), run => run.Id, check => check.RunId, (run, check) => new { run, check })
            .Join(
                db.Set<ListDifference>().AsNoTracking().Where(row => row.Id > after),
                pair => pair.check.Id,
                row => row.CheckId,
                (pair, row) =>
                    new
                    {
                        pair.run.ExportId,
                        pair.check.RunId,
                        Row = row,
                    }
            );
        await foreach (var one in rows.OrderBy(one => one.Row.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var email = Decrypted(one.Row.Email);
            if (person.Owns(sources[one.ExportId], one.Row.ProfileKey, email))
                found.Add(new TracedDifference(one.ExportId, one.RunId, one.Row, email));
        }
        return found;
    }

    private string? Decrypted(byte[]? email) => email is null ? null : secrets.UnprotectEmail(email);
}
