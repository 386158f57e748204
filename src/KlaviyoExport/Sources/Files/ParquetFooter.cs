using System.Buffers.Binary;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// The footer of a Parquet file, in Thrift's compact protocol. The library reserves memory for any length that the file states, and never
/// comes back from a footer without an end, so it is looked at first.
/// </summary>
internal ref struct ParquetFooter
{
    /// <summary>The limit in bytes. A footer has some hundred bytes for each column of each row group.</summary>
    private const int Longest = 200_000_000;

    private const int MostLevels = 32;

    private ReadOnlySpan<byte> _rest;

    private ParquetFooter(ReadOnlySpan<byte> footer) => _rest = footer;

    /// <summary>Demands that the footer is in the file and ends where the file says.</summary>
    /// <param name="file">The file. Its position is 0 afterwards.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void Demand(Stream file)
    {
        Span<byte> end = stackalloc byte[8];
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        var length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (length <= 0 || length > Longest || length > file.Length - 12)
            throw new InvalidDataException();
        file.Seek(-end.Length - length, SeekOrigin.End);
        var content = new byte[length];
        file.ReadExactly(content);
        file.Position = 0;
        var footer = new ParquetFooter(content);
        footer.SkipFields(0);
        if (!footer._rest.IsEmpty)
            throw new InvalidDataException();
    }

    private void SkipFields(int level)
    {
        while (Byte() is not 0 and var field)
        {
            if (field >> 4 == 0)
                Number();
            // The value of a yes or no is in the byte of its field.
            if ((field & 0x0F) is not (1 or 2))
                Skip(field & 0x0F, level);
        }
    }

    private void Skip(int type, int level)
    {
        // Levels without an end would end the process.
        if (level > MostLevels)
            throw new InvalidDataException();
        switch (type)
        {
            case 1 or 2 or 3:
                Take(1);
                break;
            case 4 or 5 or 6:
                Number();
                break;
            case 7:
                Take(8);
                break;
            case 8:
                Take(Number());
                break;
            case 9 or 10:
                SkipList(level);
                break;
            case 12:
                SkipFields(level + 1);
                break;
            default:
                throw new InvalidDataException();
        }
    }

    private void SkipList(int level)
    {
        var head = Byte();
        var size = head >> 4 == 15 ? Number() : (ulong)(head >> 4);
        // Each element has at least a byte.
        if (size > (ulong)_rest.Length)
            throw new InvalidDataException();
        for (; size > 0; size--)
            Skip(head & 0x0F, level + 1);
    }

    private ulong Number()
    {
        var number = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return number;
        }
        throw new InvalidDataException();
    }

    private byte Byte()
    {
        var first = _rest.IsEmpty ? throw new InvalidDataException() : _rest[0];
        _rest = _rest[1..];
        return first;
    }

    private void Take(ulong length) => _rest = length > (ulong)_rest.Length ? throw new InvalidDataException() : _rest[(int)length..];
}
