using System.Runtime.CompilerServices;
using KlaviyoExport.Data;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.Auditing;

/// <summary>Reads all entries that match a filter, newest first. Each download is itself recorded in the audit.</summary>
public sealed class AuditDownloads(IDbContextFactory<AppDb> stores, Audit audit)
{
    private const int Chunk = 1_000;

    /// <summary>Writes the entries as CSV in UTF-8. The columns are described in docs/audit.md.</summary>
    /// <exception cref="NotAllowedException">The actor may not manage people.</exception>
    public async Task WriteCsvAsync(Actor actor, AuditFilter filter, Stream output, CancellationToken cancellationToken)
    {
        var entries = await ReadAsync(actor, filter, cancellationToken);
        await using var csv = new AuditCsv(output);
        await csv.WriteHeadingsAsync(cancellationToken);
        await foreach (var entry in entries.WithCancellation(cancellationToken))
            await csv.WriteAsync(entry, cancellationToken);
    }

    /// <summary>Returns the entries, read in chunks from the store.</summary>
    /// <exception cref="NotAllowedException">The actor may not manage people.</exception>
    public async Task<IAsyncEnumerable<AuditEntry>> ReadAsync(Actor actor, AuditFilter filter, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // Before the first entry is returned: a person who aborts the download may already have some of the entries.
        audit.Add(db, actor, "System.AuditDownloaded");
        await db.SaveChangesAsync(cancellationToken);
        return ReadAllAsync(filter, cancellationToken);
    }

    private async IAsyncEnumerable<AuditEntry> ReadAllAsync(
        AuditFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var chunk = await filter
                .Of(db.Set<AuditEntry>().AsNoTracking())
                .OrderByDescending(entry => entry.Id)
                .Take(Chunk)
                .ToListAsync(cancellationToken);
            foreach (var entry in chunk)
                yield return entry;
            if (chunk.Count < Chunk)
                yield break;
            filter = filter with { BeforeId = chunk[^1].Id };
        }
    }
}
