namespace KlaviyoExport.Data;

/// <summary>The files in a data directory that belong to its content: all but the store itself, locks, and what a restore has kept.</summary>
internal static class DataFiles
{
    public const string Store = "klaviyo-export.db";
    public const string KeptPrefix = "before-restore-";
    public const string Restoring = "restoring";

    /// <summary>Says that a backup was restored, until the next start of a server.</summary>
    public const string Restored = "restored";

    /// <summary>Returns the files, ordered by path.</summary>
    public static IReadOnlyList<DataFile> List(string directory) =>
        [
            .. Directory
                .EnumerateFiles(
                    directory,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
                )
                .Select(path => Read(directory, path))
                .OfType<DataFile>()
                .Where(file => IsContent(file.Path))
                .OrderBy(file => file.Path, StringComparer.Ordinal),
        ];

    /// <summary>Returns a file. Null when it does not exist any more.</summary>
    public static DataFile? Read(string directory, string path)
    {
        var info = new FileInfo(path);
        return info.Exists
            ? new DataFile(Path.GetRelativePath(directory, path).Replace('\\', '/'), info.Length, info.LastWriteTimeUtc)
            : null;
    }

    /// <summary>Whether a path in the data directory belongs to its content.</summary>
    public static bool IsContent(string path) =>
        path is not (DirectoryLock.FileName or Restored)
        && !path.StartsWith(Store, StringComparison.Ordinal)
        && !path.StartsWith(KeptPrefix, StringComparison.Ordinal)
        && !path.StartsWith(Restoring + "/", StringComparison.Ordinal)
        && !path.EndsWith(".lock", StringComparison.Ordinal);

    /// <summary>Lets only its owner read and write a file.</summary>
    public static void MakePrivate(string file)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

/// <summary>A file in a data directory.</summary>
/// <param name="Path">The path in the directory, with "/" as separator.</param>
internal sealed record DataFile(string Path, long Length, DateTime ChangedAt);
