using System.Buffers.Binary;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// The end of a gzip file, which states the size of its content. The framework does not report a file that was cut off, which would lose
/// the rows after the cut.
/// </summary>
internal static class GzipTrailer
{
    private const int Chunk = 64 * 1024;

    /// <param name="file">The gzip file. Its position changes.</param>
    /// <param name="unpacked">The number of bytes that were unpacked.</param>
    public static bool IsComplete(Stream file, long unpacked)
    {
        Span<byte> size = stackalloc byte[4];
        file.Seek(-4, SeekOrigin.End);
        file.ReadExactly(size);
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(size);
        return stated == (uint)unpacked || (stated < unpacked && HasSeveralParts(file));
    }

    /// <summary>Whether the file may be several files in a row, of which only the last one states its size at the end.</summary>
    private static bool HasSeveralParts(Stream file)
    {
        var buffer = new byte[Chunk];
        file.Position = 3;
        int read;
        while ((read = file.ReadAtLeast(buffer, Chunk, throwOnEndOfStream: false)) > 2)
        {
            if (buffer.AsSpan(0, read).IndexOf((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]) >= 0)
                return true;
            if (read < Chunk)
                return false;
            file.Position -= 2;
        }
        return false;
    }
}
