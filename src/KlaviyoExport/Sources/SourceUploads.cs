using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Sources.Disk;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

/// <summary>Stores files that are uploaded from a browser. Each gets its own folder, so that equal names do not conflict.</summary>
public sealed class SourceUploads
{
    private const int LongestName = 100;
    private const int LongestNameBytes = 200;
    private const int Chunk = 81_920;

    /// <summary>The number of bytes that are written between two looks at the disk.</summary>
    private const long BetweenLooks = 16_000_000;

    private readonly SourcePaths _paths;
    private readonly IOptions<SourceOptions> _options;
    private readonly UploadQuota _quota;
    private readonly DataDisk _disk;
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly Audit _audit;

    internal SourceUploads(
        SourcePaths paths,
        IOptions<SourceOptions> options,
        UploadQuota quota,
        DataDisk disk,
        IDbContextFactory<AppDb> stores,
        Audit audit
    ) => (_paths, _options, _quota, _disk, _stores, _audit) = (paths, options, quota, disk, stores, audit);

    /// <summary>The maximum size of a file in bytes.</summary>
    public long MaxBytes => _options.Value.MaxUploadBytes;

    /// <summary>Whether a location is that of an uploaded file.</summary>
    public bool Has(string location) => _paths.IsUpload(location);

    /// <summary>Writes the content to disk while it is received.</summary>
    /// <returns>The full path, for <see cref="SourceDraft.Location"/>.</returns>
    /// <exception cref="LocalizedException">
    /// The file is too large, the actor may not upload or has uploaded too much today, or the rest of the disk is reserved for runs.
    /// Nothing is kept.
    /// </exception>
    public async Task<string> SaveAsync(Actor actor, Stream content, string fileName, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        _disk.DemandReserve();
        var folder = Path.Combine(Path.GetFullPath(_paths.Uploads), Guid.NewGuid().ToString("N"));
        DataDirectory.Create(_paths.Uploads);
        DataDirectory.Create(folder);
        var path = Path.Combine(folder, SafeName(fileName));
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, Chunk, useAsync: true);
            await CopyAsync(actor, content, file, cancellationToken);
            await using var db = await _stores.CreateDbContextAsync(cancellationToken);
            _audit.Add(db, actor, "Sources.FileUploaded", Path.GetFileName(path));
            await db.SaveChangesAsync(cancellationToken);
            return path;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private async Task CopyAsync(Actor actor, Stream content, FileStream file, CancellationToken cancellationToken)
    {
        var buffer = new byte[Chunk];
        var (total, looked) = (0L, 0L);
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            total += read;
            if (total > MaxBytes)
                throw new SourceException(new LocalizedMessage("Sources.UploadTooLarge", MaxBytes));
            _quota.Count(actor, read);
            if (total - looked > BetweenLooks)
            {
                _disk.DemandReserve();
                looked = total;
            }
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    /// <summary>Returns the letters, digits and some other characters of the file name. Never a path, a hidden file or a device.</summary>
    private static string SafeName(string fileName)
    {
        var last = fileName.Split('/', '\\')[^1];
        var safe = string.Concat(last.Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' or ' ' ? letter : '_'))
            .Trim('.', ' ');
        // File systems count bytes. The end stays, because it tells the format.
        while (safe.Length > LongestName || Encoding.UTF8.GetByteCount(safe) > LongestNameBytes)
            safe = safe[1..].TrimStart('.', ' ');
        if (IsDevice(safe))
            safe = $"_{safe}";
        return safe.Length == 0 ? "upload" : safe;
    }

    // Windows opens a device by these names in every folder and with every ending.
    private static bool IsDevice(string name) =>
        name.Split('.')[0].TrimEnd().ToUpperInvariant()
            is "CON"
                or "PRN"
                or "AUX"
                or "NUL"
                or "CONIN$"
                or "CONOUT$"
                or ['C', 'O', 'M', _]
                or ['L', 'P', 'T', _];
}
