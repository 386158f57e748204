using System.Runtime.InteropServices;

namespace KlaviyoExport.Data;

/// <summary>
/// Keeps the files of the product from the other users of the machine, on systems with file modes (Unix). On Windows, the folder's own
/// permissions decide.
/// </summary>
public static class PrivateFiles
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>
    /// From now on, only the user of this process can read and write what the process creates, also the files of SQLite, temporary files
    /// and logs, whatever umask the process was started with.
    /// </summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetUmask((uint)Others);
    }

    /// <summary>The command that takes a directory and all in it from others.</summary>
    public static string CommandFor(string directory) => $"chmod -R go= '{directory}'";

    /// <summary>
    /// Returns what others than the owner can access, by its mode: of the directory and all in it. Links are left out. Empty on Windows.
    /// </summary>
    public static IEnumerable<string> OpenToOthers(string directory) =>
        OperatingSystem.IsWindows()
            ? []
            : Directory
                .EnumerateFileSystemEntries(
                    directory,
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
                )
                .Prepend(directory)
                .Where(path => (ModeOf(path) & Others) != 0);

    /// <summary>Takes a file or directory from others. It does nothing when it does not exist any more.</summary>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    internal static void TakeFromOthers(string path)
    {
        if (!OperatingSystem.IsWindows() && ModeOf(path) is var mode and not UnixFileMode.None)
            File.SetUnixFileMode(path, mode & ~Others);
    }

    /// <summary>Returns no mode for what was deleted meanwhile.</summary>
    private static UnixFileMode ModeOf(string path)
    {
        if (OperatingSystem.IsWindows())
            return UnixFileMode.None;
        try
        {
            return File.GetUnixFileMode(path);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return UnixFileMode.None;
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetUmask(uint mask);
}
