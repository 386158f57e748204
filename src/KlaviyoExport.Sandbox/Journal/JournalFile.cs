using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KlaviyoExport.Sandbox.Journal;

/// <summary>A file of frames. Each frame has a length, the first eight bytes of its SHA-256 hash, and the content.</summary>
internal sealed class JournalFile : IDisposable
{
    private const int Head = 12;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly FileStream _guard;

    private JournalFile(string path, FileStream stream, FileStream guard) => (_path, _stream, _guard) = (path, stream, guard);

    /// <summary>Locks the file for this sandbox. The operating system releases the lock even when the process is killed.</summary>
    /// <exception cref="IOException">Another sandbox has locked it.</exception>
    public static FileStream Guard(string path) => new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Passes every complete frame to <paramref name="apply"/>, in order, and stops at the first incomplete one.</summary>
    /// <returns>Whether there was a frame.</returns>
    public static bool Read(string path, Action<BinaryReader> apply)
    {
        if (!File.Exists(path))
            return false;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        var any = false;
        while (Frame(stream) is { } frame)
        {
            using var reader = new BinaryReader(new MemoryStream(frame));
            while (reader.BaseStream.Position < frame.Length)
                apply(reader);
            any = true;
        }
        return any;
    }

    /// <summary>Starts a new file beside the current one, which remains in use until <see cref="TakePlace"/>.</summary>
    public static JournalFile Create(string path, FileStream guard) =>
        new(
            path,
            new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0),
            guard
        );

    public void TakePlace()
    {
        _stream.Flush(flushToDisk: true);
        File.Move(_path + ".new", _path, overwrite: true);
    }

    /// <summary>Writes to the operating system immediately: a kill loses nothing, a power failure may lose the last changes.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[Head];
        BinaryPrimitives.WriteInt32LittleEndian(head, content.Length);
        Hash(content).CopyTo(head[4..]);
        _stream.Write(head);
        _stream.Write(content);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _guard.Dispose();
    }

    private static byte[]? Frame(FileStream stream)
    {
        Span<byte> head = stackalloc byte[Head];
        if (stream.ReadAtLeast(head, Head, throwOnEndOfStream: false) < Head)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length <= 0 || length > stream.Length - stream.Position)
            return null;
        var content = new byte[length];
        stream.ReadExactly(content);
        return head[4..].SequenceEqual(Hash(content)) ? content : null;
    }

    private static ReadOnlySpan<byte> Hash(ReadOnlySpan<byte> content) => SHA256.HashData(content).AsSpan(0, Head - 4);
}
