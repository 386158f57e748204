using System.Security.Cryptography;
using System.Text;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// The hashes of the chain: HMAC-SHA256 with the audit key. The hash of an entry covers the hash of the entry before it and all stored
/// fields. Each field is written with its length, so that no two entries have the same bytes. Times count in microseconds, because
/// PostgreSQL stores no more.
/// </summary>
internal static class AuditHash
{
    /// <summary>The length of a hash and of the key, in bytes.</summary>
    public const int Length = 32;

    // The first byte tells what was hashed, and changes when the form changes.
    private const byte EntryForm = 1;
    private const byte MarkForm = 2;

    /// <summary>The hash before the first entry.</summary>
    public static byte[] Start { get; } = new byte[Length];

    public static byte[] OfEntry(byte[] key, byte[] previous, long sequence, AuditEntry entry) =>
        Compute(
            key,
            EntryForm,
            previous,
            writer =>
            {
                writer.Write(sequence);
                writer.Write(entry.Id);
                writer.Write((entry.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
                Write(writer, entry.ActorId);
                Write(writer, entry.ActorName);
                Write(writer, entry.From);
                Write(writer, entry.Action);
                Write(writer, entry.Subject);
                writer.Write(entry.SubjectId is not null);
                writer.Write(entry.SubjectId ?? 0);
                Write(writer, entry.StoredDetail);
            }
        );

    /// <summary>Authenticates a mark, so that nobody without the key can move it.</summary>
    public static byte[] OfMark(byte[] key, string name, long sequence, byte[] hash) =>
        Compute(
            key,
            MarkForm,
            hash,
            writer =>
            {
                writer.Write(sequence);
                Write(writer, name);
            }
        );

    private static byte[] Compute(byte[] key, byte form, byte[] previous, Action<BinaryWriter> fields)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(form);
        writer.Write(previous);
        fields(writer);
        writer.Flush();
        return HMACSHA256.HashData(key, content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    private static void Write(BinaryWriter writer, string? text)
    {
        if (text is null)
        {
            writer.Write(-1);
            return;
        }
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }
}
