using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>
/// Replaces a data directory with a backup of <see cref="StoreBackup"/>. Use it only while no server runs (<see cref="DirectoryLock"/>).
/// </summary>
public sealed class StoreRestore
{
    private readonly IOptions<StoreOptions> _options;
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly TimeProvider _clock;

    internal StoreRestore(IOptions<StoreOptions> options, IDbContextFactory<AppDb> stores, TimeProvider clock) =>
        (_options, _stores, _clock) = (options, stores, clock);

    /// <summary>
    /// Unpacks a backup, verifies every file and the store in it, and only then puts it in place of the present files.
    /// </summary>
    /// <returns>What was restored, and the folder to which the files of before were moved.</returns>
    /// <exception cref="StoreFaultException">
    /// The file is not a complete backup, it was damaged, or a newer version of the product has written it. Nothing was changed.
    /// </exception>
    public async Task<(BackupManifest Manifest, string Kept)> ReadAsync(string archive, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        if (db is not SqliteAppDb)
            throw new StoreFaultException("The store is not SQLite. Restore it with the tools of its database.");
        var unpacked = _options.Value.PathOf(DataFiles.Restoring);
        if (Directory.Exists(unpacked))
            Directory.Delete(unpacked, recursive: true);
        try
        {
            DataDirectory.Create(unpacked);
            var manifest = await UnpackAsync(archive, unpacked, [.. db.Database.GetMigrations()], cancellationToken);
            Verify(Path.Combine(unpacked, DataFiles.Store));
            var note = Path.Combine(unpacked, DataFiles.Restored);
            await File.WriteAllTextAsync(note, manifest.At.ToString("O", CultureInfo.InvariantCulture), cancellationToken);
            DataFiles.MakePrivate(note);
            return (manifest, Replace(unpacked));
        }
        catch (Exception fault) when (fault is InvalidDataException or JsonException or SqliteException)
        {
            throw new StoreFaultException($"{archive} is damaged or is not a backup of Klaviyo Export: {fault.Message}", fault);
        }
        finally
        {
            if (Directory.Exists(unpacked))
                Directory.Delete(unpacked, recursive: true);
        }
    }

    /// <summary>The time of the backup that was restored since a server ran last. Null when none was.</summary>
    internal DateTimeOffset? TakenFrom =>
        File.Exists(Note) && DateTimeOffset.TryParse(File.ReadAllText(Note), CultureInfo.InvariantCulture, out var at) ? at : null;

    private string Note => _options.Value.PathOf(DataFiles.Restored);

    /// <summary>Ends that <see cref="TakenFrom"/> tells of the restore.</summary>
    internal void Forget() => File.Delete(Note);

    private static async Task<BackupManifest> UnpackAsync(
        string archive,
        string folder,
        IReadOnlyList<string> known,
        CancellationToken cancellationToken
    )
    {
        await using var zip = await ZipFile.OpenReadAsync(archive, cancellationToken);
        var manifest = await ManifestAsync(zip, cancellationToken);
        if (manifest.Format > BackupManifest.CurrentFormat || !known.Contains(manifest.Migration))
            throw new StoreFaultException(
                $"A newer version of Klaviyo Export has written the backup (its store is at {manifest.Migration}). Restore it with that version."
            );
        foreach (var (path, described) in manifest.Files)
        {
            if (path != DataFiles.Store && (!DataFiles.IsContent(path) || !IsInside(folder, path)))
                throw new InvalidDataException($"The path {path} is not allowed.");
            var entry = zip.GetEntry(path) ?? throw new InvalidDataException($"{path} is missing.");
            var target = Path.Combine(folder, path);
            DataDirectory.Create(Path.GetDirectoryName(target)!);
            await using var from = await entry.OpenAsync(cancellationToken);
            await using var to = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            DataFiles.MakePrivate(target);
            if (await BackupFile.CopyAsync(from, to, cancellationToken) != described)
                throw new InvalidDataException($"{path} is not the file that was backed up.");
        }
        return manifest;
    }

    private static async Task<BackupManifest> ManifestAsync(ZipArchive zip, CancellationToken cancellationToken)
    {
        var entry = zip.GetEntry(BackupManifest.FileName) ?? throw new InvalidDataException("It has no manifest.");
        await using var content = await entry.OpenAsync(cancellationToken);
        var manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(content, JsonSerializerOptions.Web, cancellationToken);
        return manifest is { Files: not null } && manifest.Files.ContainsKey(DataFiles.Store)
            ? manifest
            : throw new InvalidDataException("Its manifest names no store.");
    }

    private static bool IsInside(string folder, string path) =>
        Path.GetFullPath(path, folder).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void Verify(string store)
    {
        using var connection = new SqliteConnection($"Data Source={store};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok" and var fault)
            throw new InvalidDataException($"Its store is damaged: {fault}");
    }

    /// <summary>Moves the present files away and the unpacked ones in their place. All moves are within one file system.</summary>
    private string Replace(string unpacked)
    {
        var directory = _options.Value.DataDirectory;
        var kept = Path.Combine(directory, $"{DataFiles.KeptPrefix}{_clock.GetUtcNow():yyyyMMdd-HHmmss}");
        DataDirectory.Create(kept);
        foreach (var path in Directory.EnumerateFileSystemEntries(directory).Where(IsReplaced).ToList())
            Move(path, Path.Combine(kept, Path.GetFileName(path)));
        foreach (var path in Directory.EnumerateFileSystemEntries(unpacked).ToList())
            Move(path, Path.Combine(directory, Path.GetFileName(path)));
        return kept;
    }

    private static bool IsReplaced(string path) =>
        Path.GetFileName(path) is var name
        && name is not (DirectoryLock.FileName or DataFiles.Restoring)
        && !name.StartsWith(DataFiles.KeptPrefix, StringComparison.Ordinal);

    private static void Move(string from, string to)
    {
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to);
    }
}
