using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KlaviyoExport.Lists;

/// <summary>A 16-byte hash as a value type, for sets and dictionaries with millions of entries.</summary>
public readonly record struct Hash16(ulong High, ulong Low)
{
    public static Hash16 OfContent(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Take(hash);
    }

    public static Hash16 Take(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public byte[] ToArray()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), Low);
        return bytes;
    }
}
