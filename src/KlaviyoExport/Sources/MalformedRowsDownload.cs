using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Sources.Files;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

/// <summary>Writes all rows that the current load of a file source has left out.</summary>
public sealed class MalformedRowsDownload(IDbContextFactory<AppDb> stores, IOptions<StoreOptions> store, Audit audit)
{
    /// <summary>
    /// Whether there is anything to download. False for databases, for a load without such rows, and for a load by a version that did not
    /// store them.
    /// </summary>
    public bool IsAvailable(Source source) => PathOf(source) is not null;

    /// <summary>
    /// Writes the rows as CSV: UTF-8 with a byte order mark, reason, file and line, then the values as in the file. The file can be
    /// corrected and added as a source. The download is recorded in the audit log.
    /// </summary>
    /// <param name="actor">The person who downloads the file.</param>
    /// <param name="id">The source's id.</param>
    /// <param name="output">The stream to write to. It stays open.</param>
    /// <param name="cancellationToken">Cancels the operation. A part of the file may already have been written.</param>
    /// <exception cref="SourceException">The source was removed, or there are no rows. Nothing was written.</exception>
    public async Task WriteAsync(Actor actor, int id, Stream output, CancellationToken cancellationToken)
    {
        DownloadMalformedRows.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var source = await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(known => known.Id == id, cancellationToken);
        if (source is null || PathOf(source) is not { } path)
            throw new SourceException(new LocalizedMessage("Sources.Gone"));
        audit.Add(db, actor, "Sources.MalformedRowsDownloaded", source.Name, id);
        await db.SaveChangesAsync(cancellationToken);
        await RejectedRows.WriteCsvAsync(path, output, cancellationToken);
    }

    private string? PathOf(Source source) =>
        source.StagingFile is { } staging && RejectedRows.PathOf(store.Value.PathOf(staging)) is var path && File.Exists(path)
            ? path
            : null;
}
