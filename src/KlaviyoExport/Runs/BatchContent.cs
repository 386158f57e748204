using System.IO.Compression;
using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Runs;

/// <summary>One profile of a batch.</summary>
/// <param name="Ordinal">The position among the run's members, starting at 0.</param>
/// <param name="Key">The key of the profile in its source.</param>
/// <param name="Email">The normalized email address.</param>
/// <param name="Json">The profile, exactly as in the request body.</param>
internal sealed record BatchRow(long Ordinal, string Key, string Email, byte[] Json)
{
    /// <summary>
    /// The hash of the profile as it was prepared. Null when it is that of <see cref="Json"/>. A profile that goes without a value that
    /// Klaviyo refused is remembered by it, so that it is not sent again in each run.
    /// </summary>
    public byte[]? PreparedHash { get; init; }
}

/// <summary>
/// Converts the profiles of a batch to and from their stored form, which is compressed and then encrypted. The profiles are stored as they
/// are in the request body, so that they can be sent from it; who they are is stored apart.
/// </summary>
internal static class BatchContent
{
    // In formats 1 and 2 each profile is stored with its row. Format 1 has no hashes. Runs that began before an upgrade have them.
    private const byte WithoutHashes = 1;
    private const byte RowByRow = 2;
    private const byte Format = 3;
    private const int HashLength = 16;
    private const int BufferSize = 64 * 1024;

    public static byte[] Seal(IReadOnlyList<BatchRow> rows, SecretProtector secrets)
    {
        using var packed = new MemoryStream();
        using var writer = new BinaryWriter(packed, Encoding.UTF8, leaveOpen: true);
        writer.Write(Format);
        writer.Write(rows.Count);
        writer.Write(rows.Sum(row => (long)row.Json.Length) + Math.Max(0, rows.Count - 1));
        // Where the rows begin, once it is known.
        var place = packed.Position;
        writer.Write(0);
        using (var compressed = Deflate(packed))
            WriteProfiles(rows, compressed);
        var end = packed.Position;
        packed.Position = place;
        writer.Write((int)end);
        packed.Position = end;
        using (var compressed = Deflate(packed))
            WriteRows(rows, compressed);
        return secrets.ProtectPayload(packed.ToArray());
    }

    /// <exception cref="InvalidDataException">The content was written by a newer version of the product.</exception>
    public static List<BatchRow> Open(byte[] sealedRows, SecretProtector secrets)
    {
        var packed = secrets.UnprotectPayload(sealedRows);
        return packed[0] switch
        {
            Format => ReadRows(packed),
            RowByRow or WithoutHashes => ReadRowByRow(packed),
            _ => throw new InvalidDataException("The batch has a format that this version does not support."),
        };
    }

    /// <summary>Opens the profiles alone, to send them. They are decompressed while they are read.</summary>
    /// <returns>Null when there are none.</returns>
    /// <exception cref="InvalidDataException">The content was written by a newer version of the product.</exception>
    public static ImportProfiles? OpenProfiles(byte[] sealedRows, SecretProtector secrets)
    {
        var packed = secrets.UnprotectPayload(sealedRows);
        if (packed[0] != Format)
        {
            var rows = Open(sealedRows, secrets);
            using var joined = new MemoryStream();
            WriteProfiles(rows, joined);
            var profiles = joined.ToArray();
            return rows.Count == 0
                ? null
                : new ImportProfiles(rows.Count, profiles.Length, () => new MemoryStream(profiles, writable: false));
        }
        var head = Head.Read(packed);
        return head.Count == 0 ? null : new ImportProfiles(head.Count, head.Length, () => head.OpenProfiles(packed));
    }

    // The buffer gathers what is written in small pieces: compressing each piece by itself is slow.
    private static BufferedStream Deflate(Stream packed) =>
        new(new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true), BufferSize);

    private static void WriteProfiles(IReadOnlyList<BatchRow> rows, Stream stream)
    {
        for (var index = 0; index < rows.Count; index++)
        {
            if (index > 0)
                stream.WriteByte((byte)',');
            stream.Write(rows[index].Json);
        }
    }

    private static void WriteRows(IReadOnlyList<BatchRow> rows, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        foreach (var row in rows)
        {
            writer.Write7BitEncodedInt64(row.Ordinal);
            writer.Write(row.Key);
            writer.Write(row.Email);
            writer.Write7BitEncodedInt(row.Json.Length);
            writer.Write(row.PreparedHash is not null);
            if (row.PreparedHash is not null)
                writer.Write(row.PreparedHash);
        }
    }

    private static List<BatchRow> ReadRows(byte[] packed)
    {
        var head = Head.Read(packed);
        using var profiles = new BinaryReader(head.OpenProfiles(packed), Encoding.UTF8);
        using var reader = new BinaryReader(head.OpenRows(packed), Encoding.UTF8);
        var rows = new List<BatchRow>(head.Count);
        for (var index = 0; index < head.Count; index++)
        {
            if (index > 0)
                profiles.ReadByte();
            rows.Add(
                new BatchRow(
                    reader.Read7BitEncodedInt64(),
                    reader.ReadString(),
                    reader.ReadString(),
                    profiles.ReadBytes(reader.Read7BitEncodedInt())
                )
                {
                    PreparedHash = reader.ReadBoolean() ? reader.ReadBytes(HashLength) : null,
                }
            );
        }
        return rows;
    }

    private static List<BatchRow> ReadRowByRow(byte[] packed)
    {
        using var compressed = new DeflateStream(new MemoryStream(packed, 1, packed.Length - 1), CompressionMode.Decompress);
        using var reader = new BinaryReader(compressed, Encoding.UTF8);
        var rows = new List<BatchRow>(reader.Read7BitEncodedInt());
        for (var left = rows.Capacity; left > 0; left--)
            rows.Add(
                new BatchRow(
                    reader.Read7BitEncodedInt64(),
                    reader.ReadString(),
                    reader.ReadString(),
                    reader.ReadBytes(reader.Read7BitEncodedInt())
                )
                {
                    PreparedHash = packed[0] == RowByRow && reader.ReadBoolean() ? reader.ReadBytes(HashLength) : null,
                }
            );
        return rows;
    }

    /// <summary>The start of the content.</summary>
    /// <param name="Count">The number of profiles.</param>
    /// <param name="Length">The length of the profiles with the commas between them, in bytes.</param>
    /// <param name="From">Where the compressed profiles begin.</param>
    /// <param name="Until">Where they end and the compressed rows begin.</param>
    private readonly record struct Head(int Count, long Length, int From, int Until)
    {
        public static Head Read(byte[] packed)
        {
            using var reader = new BinaryReader(new MemoryStream(packed, writable: false), Encoding.UTF8);
            reader.ReadByte();
            var (count, length, until) = (reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32());
            return new Head(count, length, (int)reader.BaseStream.Position, until);
        }

        public BufferedStream OpenProfiles(byte[] packed) => Inflate(packed, From, Until);

        public BufferedStream OpenRows(byte[] packed) => Inflate(packed, Until, packed.Length);

        private static BufferedStream Inflate(byte[] packed, int from, int until) =>
            new(new DeflateStream(new MemoryStream(packed, from, until - from, writable: false), CompressionMode.Decompress), BufferSize);
    }
}
