using System.Buffers.Binary;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// The end of a gzip file, which states the size of its content. The framework does not report a file that was cut off, which would lose
/// the rows after the cut.
/// </summary>
internal static class GzipTrailer
{
    private const int Chunk = 64 * 1024;

    /// <summary>The length of the header of each part.</summary>
    private const int Header = 10;

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
        file.Position = Header;
        int read;
        while ((read = file.ReadAtLeast(buffer, Chunk, throwOnEndOfStream: false)) >= Header)
        {
            for (var rest = buffer.AsSpan(0, read); rest.Length >= Header; rest = rest[1..])
            {
                var found = rest.IndexOf((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]);
                if (found < 0 || found > rest.Length - Header)
                    break;
                rest = rest[found..];
                if (IsHeader(rest))
                    return true;
            }
            if (read < Chunk)
                return false;
            file.Position -= Header - 1;
        }
        return false;
    }

    // All ten bytes, because the first three are in packed data by chance once in 16 million bytes.
    private static bool IsHeader(ReadOnlySpan<byte> start) => start[3] < 0x20 && start[8] is 0 or 2 or 4 && start[9] is <= 13 or 255;
}
