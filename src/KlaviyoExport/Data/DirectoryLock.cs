namespace KlaviyoExport.Data;

/// <summary>
/// The exclusive use of a data directory by one process: the server, or a command that needs the server to be stopped. The operating system
/// releases the lock when the process ends, also when it is killed. Several servers with one store share the directory and do not lock it.
/// </summary>
public sealed class DirectoryLock : IDisposable
{
    /// <summary>The name of the locked file in the data directory. It has no content.</summary>
    public const string FileName = "in-use";

    // EAGAIN on Linux and on macOS, and the sharing and lock violations of Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="directory">An existing data directory.</param>
    /// <returns>The lock. Dispose it to release it. Null when another process holds it.</returns>
    /// <exception cref="StoreFaultException">The directory cannot be written.</exception>
    public static DirectoryLock? TryTake(string directory)
    {
        try
        {
            return new DirectoryLock(
                new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException fault) when (Held.Contains(fault.HResult))
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreFaultException($"DataDirectory ({directory}) cannot be written: {fault.Message}", fault);
        }
    }

    public void Dispose() => _file.Dispose();
}
