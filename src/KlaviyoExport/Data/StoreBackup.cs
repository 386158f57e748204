using System.IO.Compression;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>
/// Writes a SQLite store and the rest of the data directory (encryption keys, uploads, loaded files) to one archive, while servers use them.
/// Whoever has the archive can decrypt all secrets, unless the keys are encrypted with a certificate.
/// </summary>
public sealed class StoreBackup
{
    private const int Tries = 5;

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly IOptions<StoreOptions> _options;
    private readonly TimeProvider _clock;

    internal StoreBackup(IDbContextFactory<AppDb> stores, IOptions<StoreOptions> options, TimeProvider clock) =>
        (_stores, _options, _clock) = (stores, options, clock);

    /// <summary>Writes a backup. The store in it is as at one moment, with all files that it had at that moment.</summary>
    /// <param name="archive">The path of the new file. Only its owner can read it.</param>
    /// <param name="cancellationToken">Cancels the backup. Nothing is kept.</param>
    /// <exception cref="StoreFaultException">The store is not SQLite or has another version, the file exists, is in no folder or in the data
    /// directory, or the files of the data directory changed all the time.</exception>
    public async Task<BackupManifest> WriteAsync(string archive, CancellationToken cancellationToken)
    {
        DemandPlace(archive);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        if (db is not SqliteAppDb)
            throw new StoreFaultException("The store is not SQLite. Use the backup of its database, and copy DataDirectory.");
        var version = await StoreVersion.ReadAsync(db, cancellationToken);
        version.DemandCurrent();
        var (copy, partial) = (archive + ".db.partial", archive + ".partial");
        try
        {
            for (var tries = 1; tries <= Tries; tries++)
            {
                File.Delete(partial);
                var before = DataFiles.List(_options.Value.DataDirectory);
                var at = _clock.GetUtcNow();
                Copy(db, copy);
                // A file that the copy of the store refers to was there at its moment, so it is in an unchanged list.
                if (
                    before.SequenceEqual(DataFiles.List(_options.Value.DataDirectory))
                    && await PackAsync(partial, copy, before, at, version.Last!, cancellationToken) is { } manifest
                )
                {
                    File.Move(partial, archive);
                    return manifest;
                }
            }
        }
        finally
        {
            File.Delete(copy);
            File.Delete(partial);
        }
        throw new StoreFaultException("The files of DataDirectory change all the time, because sources are loaded. Try again later.");
    }

    private void DemandPlace(string archive)
    {
        if (File.Exists(archive))
            throw new StoreFaultException($"{archive} exists. Name a new file.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(archive))!;
        if (!Directory.Exists(folder))
            throw new StoreFaultException($"The folder {folder} does not exist. Create it, or name a file in another folder.");
        if (!Path.GetRelativePath(_options.Value.DataDirectory, folder).StartsWith("..", StringComparison.Ordinal))
            throw new StoreFaultException(
                $"{archive} is in DataDirectory, whose files are backed up. Name a file in another folder, best on another disk."
            );
    }

    private static void Copy(AppDb db, string copy)
    {
        File.Delete(copy);
        using (File.Create(copy)) { }
        DataFiles.MakePrivate(copy);
        using var source = new SqliteConnection($"Data Source={db.Database.GetDbConnection().DataSource};Mode=ReadOnly;Pooling=False");
        using var target = new SqliteConnection($"Data Source={copy};Pooling=False");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
        using var command = target.CreateCommand();
        // One file, without a log beside it.
        command.CommandText = "PRAGMA journal_mode = DELETE";
        command.ExecuteNonQuery();
    }

    /// <returns>Null when a file changed or was deleted meanwhile.</returns>
    private async Task<BackupManifest?> PackAsync(
        string archive,
        string store,
        IReadOnlyList<DataFile> files,
        DateTimeOffset at,
        string migration,
        CancellationToken cancellationToken
    )
    {
        var packed = new SortedDictionary<string, BackupFile>(StringComparer.Ordinal);
        await using (var output = new FileStream(archive, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            DataFiles.MakePrivate(archive);
            await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, true, null, cancellationToken);
            packed.Add(DataFiles.Store, await AddAsync(zip, DataFiles.Store, store, cancellationToken));
            foreach (var file in files)
            {
                var path = _options.Value.PathOf(file.Path);
                try
                {
                    packed.Add(file.Path, await AddAsync(zip, file.Path, path, cancellationToken));
                }
                catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
                {
                    return null;
                }
                if (DataFiles.Read(_options.Value.DataDirectory, path) != file)
                    return null;
            }
            var manifest = new BackupManifest(BackupManifest.CurrentFormat, migration, at, packed);
            await using var entry = await zip.CreateEntry(BackupManifest.FileName).OpenAsync(cancellationToken);
            await JsonSerializer.SerializeAsync(entry, manifest, JsonSerializerOptions.Web, cancellationToken);
            await entry.DisposeAsync();
            return manifest;
        }
    }

    private static async Task<BackupFile> AddAsync(ZipArchive zip, string name, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        return await BackupFile.CopyAsync(file, entry, cancellationToken);
    }
}
