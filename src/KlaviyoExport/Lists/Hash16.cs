using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KlaviyoExport.Lists;

/// <summary>A 16-byte hash as a value type, for sets and dictionaries with millions of entries.</summary>
public readonly record struct Hash16(ulong High, ulong Low)
{
    // A new context for each hash would take as long as the hash itself.
    [ThreadStatic]
    private static IncrementalHash? _hashOfThread;

    /// <summary>Returns the first 16 bytes of SHA-256.</summary>
    public static Hash16 OfContent(ReadOnlySpan<byte> content)
    {
        var hasher = _hashOfThread ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        hasher.AppendData(content);
        hasher.GetHashAndReset(hash);
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
