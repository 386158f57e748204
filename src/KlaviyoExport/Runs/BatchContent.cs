using System.IO.Compression;
using System.Text;
using KlaviyoExport.Data;

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

/// <summary>Converts the profiles of a batch to and from their stored form, which is compressed and then encrypted.</summary>
internal static class BatchContent
{
    // Format 1 has no hashes. Runs that began before an upgrade have it.
    private const byte WithoutHashes = 1;
    private const byte Format = 2;
    private const int HashLength = 16;

    public static byte[] Seal(IReadOnlyList<BatchRow> rows, SecretProtector secrets)
    {
        using var packed = new MemoryStream();
        packed.WriteByte(Format);
        using (var compressed = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new BinaryWriter(compressed, Encoding.UTF8))
        {
            writer.Write7BitEncodedInt(rows.Count);
            foreach (var row in rows)
            {
                writer.Write7BitEncodedInt64(row.Ordinal);
                writer.Write(row.Key);
                writer.Write(row.Email);
                writer.Write7BitEncodedInt(row.Json.Length);
                writer.Write(row.Json);
                writer.Write(row.PreparedHash is not null);
                if (row.PreparedHash is not null)
                    writer.Write(row.PreparedHash);
            }
        }
        return secrets.ProtectPayload(packed.ToArray());
    }

    /// <exception cref="InvalidDataException">The content was written by a newer version of the product.</exception>
    public static List<BatchRow> Open(byte[] sealedRows, SecretProtector secrets)
    {
        using var packed = new MemoryStream(secrets.UnprotectPayload(sealedRows));
        var format = packed.ReadByte();
        if (format is not (WithoutHashes or Format))
            throw new InvalidDataException("The batch has a format that this version does not support.");
        using var compressed = new DeflateStream(packed, CompressionMode.Decompress);
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
                    PreparedHash = format == Format && reader.ReadBoolean() ? reader.ReadBytes(HashLength) : null,
                }
            );
        return rows;
    }
}
