using System.Buffers.Binary;

namespace KlaviyoExport.Data;

/// <summary>Reads from an encrypted value which data protection key has encrypted it.</summary>
internal static class SecretEnvelope
{
    private const uint Magic = 0x09F0C9F0;
    private const int GuidBytes = 16;
    private const byte Wrapped = 2;

    /// <summary>
    /// Returns the id of the key. Null when the value is not encrypted with a data protection key directly, as addresses of memberships are
    /// not.
    /// </summary>
    public static Guid? KeyOf(ReadOnlySpan<byte> value)
    {
        // WrappedTexts: a format, the length of the wrapped key, the wrapped key.
        if (value is [Wrapped, ..] && value.Length > 1 + sizeof(ushort))
            value = value[(1 + sizeof(ushort))..];
        return value.Length >= sizeof(uint) + GuidBytes && BinaryPrimitives.ReadUInt32BigEndian(value) == Magic
            ? new Guid(value.Slice(sizeof(uint), GuidBytes))
            : null;
    }
}
