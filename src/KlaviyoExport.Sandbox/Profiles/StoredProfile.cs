using System.Buffers.Binary;
using System.Text;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>
/// A profile in memory: one byte array with the three identifiers and the other attributes as UTF-8 JSON, and two times. This is compact
/// enough for millions of profiles.
/// </summary>
internal readonly record struct StoredProfile(byte[] Packed, long CreatedMs, long UpdatedMs)
{
    private const int Head = 6;

    public DateTimeOffset Created => DateTimeOffset.FromUnixTimeMilliseconds(CreatedMs);

    public DateTimeOffset Updated => DateTimeOffset.FromUnixTimeMilliseconds(UpdatedMs);

    public string? Email => Text(Part(Identifier.Email));

    public string? PhoneNumber => Text(Part(Identifier.PhoneNumber));

    public string? ExternalId => Text(Part(Identifier.ExternalId));

    /// <summary>A JSON object of all attributes except the identifiers, without nulls.</summary>
    public ReadOnlyMemory<byte> Attributes => Packed.AsMemory(Head + Length(0) + Length(1) + Length(2));

    /// <summary>Returns the bytes of an identifier. Empty when the profile has none of this kind.</summary>
    public ReadOnlySpan<byte> Part(Identifier identifier) =>
        identifier switch
        {
            Identifier.Email => Packed.AsSpan(Head, Length(0)),
            Identifier.PhoneNumber => Packed.AsSpan(Head + Length(0), Length(1)),
            _ => Packed.AsSpan(Head + Length(0) + Length(1), Length(2)),
        };

    public static byte[] Pack(string? email, string? phoneNumber, string? externalId, ReadOnlySpan<byte> attributes)
    {
        string[] identifiers = [email ?? "", phoneNumber ?? "", externalId ?? ""];
        var packed = new byte[Head + identifiers.Sum(Encoding.UTF8.GetByteCount) + attributes.Length];
        var at = Head;
        for (var i = 0; i < identifiers.Length; i++)
        {
            var length = Encoding.UTF8.GetBytes(identifiers[i], packed.AsSpan(at));
            BinaryPrimitives.WriteUInt16LittleEndian(packed.AsSpan(i * 2), checked((ushort)length));
            at += length;
        }
        attributes.CopyTo(packed.AsSpan(at));
        return packed;
    }

    private int Length(int part) => BinaryPrimitives.ReadUInt16LittleEndian(Packed.AsSpan(part * 2));

    private static string? Text(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? null : Encoding.UTF8.GetString(bytes);
}
