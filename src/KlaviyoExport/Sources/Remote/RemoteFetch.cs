using KlaviyoExport.Sources.Disk;

namespace KlaviyoExport.Sources.Remote;

/// <summary>
/// Copies files of a store into a folder and deletes them when disposed. They are loaded from there by the code for local files, because
/// Parquet, Excel and zip files are not read from start to end, and a broken connection then costs one file and not the whole load.
/// </summary>
internal sealed class RemoteFetch : IDisposable
{
    private const int Attempts = 3;
    private const int Chunk = 128 * 1024;
    private const int LongestName = 100;

    private readonly RemoteReading _reading;
    private readonly string _folder;
    private readonly DataDisk _disk;

    /// <param name="reading">The opened store.</param>
    /// <param name="folder">A folder in the data directory that does not exist yet.</param>
    /// <param name="disk">The disk of the data directory.</param>
    public RemoteFetch(RemoteReading reading, string folder, DataDisk disk)
    {
        (_reading, _folder, _disk) = (reading, folder, disk);
        Data.DataDirectory.Create(folder);
    }

    /// <summary>Copies whole files.</summary>
    /// <returns>Their paths, in the same order.</returns>
    /// <exception cref="SourceException">A file cannot be read, or there is no room.</exception>
    public async Task<IReadOnlyList<string>> CopyAsync(IReadOnlyList<RemoteFile> files, long maxBytes, CancellationToken cancellationToken)
    {
        var total = files.Sum(file => file.Size);
        if (total > maxBytes)
            throw new SourceException(new LocalizedMessage("Sources.FilesTooLarge", files.Count, total, maxBytes));
        if (_disk.Look() is { } space && space.Usable < total)
            throw new SourceException(SourceFault.DiskTooSmall(total, space.Usable));
        var paths = new List<string>();
        foreach (var file in files)
            paths.Add(await CopyAsync(file, file.Size, cancellationToken));
        return paths;
    }

    /// <summary>Copies the start of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">The number of bytes to copy, at most its size.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <returns>The path of the copy.</returns>
    public async Task<string> CopyAsync(RemoteFile file, long length, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        var path = Path.Combine(folder, SafeName(file.LastPart));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await CopyOnceAsync(file, path, length, cancellationToken);
                return path;
            }
            catch (SourceException fault) when (fault.Fault.Kind == SourceFaultKind.Gone && attempt < Attempts)
            {
                // A connection that breaks is usual with large files.
                await _reading.ConnectAsync(cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start deletes it.
        }
    }

    internal static async Task WriteAsync(
        string path,
        Func<Memory<byte>, Task<int>> readAsync,
        long length,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var copy = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
            var buffer = new byte[Chunk];
            var total = 0L;
            while (total < length && await readAsync(buffer.AsMemory(0, (int)Math.Min(Chunk, length - total))) is > 0 and var read)
            {
                await copy.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                total += read;
            }
        }
        catch (IOException exception) when (RemoteFaults.IsDiskFull(exception))
        {
            throw new SourceException(SourceFault.DiskFull());
        }
    }

    private async Task CopyOnceAsync(RemoteFile file, string path, long length, CancellationToken cancellationToken)
    {
        var content = await _reading.AskAsync(token => _reading.Store.OpenAsync(file, token), cancellationToken);
        var (total, isRead) = (0L, false);
        try
        {
            await WriteAsync(path, ReadAsync, length, cancellationToken);
            if (total < length || (length == file.Size && await ReadAsync(new byte[1]) > 0))
                throw new SourceException(total < length ? SourceFault.ServerGone(_reading.Name) : RemoteFaults.Changed(file));
            await _reading.AskAsync(
                async token =>
                {
                    await _reading.Store.DemandUnchangedAsync(file, token);
                    return true;
                },
                cancellationToken
            );
            isRead = true;
        }
        finally
        {
            await _reading.Store.CloseAsync(content, isRead);
        }

        async Task<int> ReadAsync(Memory<byte> buffer)
        {
            var read = await _reading.AskAsync(token => content.ReadAsync(buffer, token).AsTask(), cancellationToken);
            total += read;
            return read;
        }
    }

    /// <summary>Returns a name that any file system takes, with the ending of the file, which says what it is.</summary>
    private static string SafeName(string name)
    {
        var safe = string.Concat(
                name.Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' or ' ' or '=' ? letter : '_')
            )
            .Trim('.', ' ');
        return safe.Length switch
        {
            0 => "file",
            > LongestName => safe[^LongestName..].TrimStart('.', ' '),
            _ => safe,
        };
    }
}
