using System.Security.Cryptography;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// A place in the chain that is remembered outside the entries, so that missing entries are noticed at both ends. It is authenticated with
/// the audit key.
/// </summary>
internal sealed class AuditMark
{
    /// <summary>The last entry that the retention has removed, or 0: the chain begins after it.</summary>
    public const string Anchor = "anchor";

    /// <summary>The last sealed entry: the chain ends with it.</summary>
    public const string Head = "head";

    public required string Name { get; init; }

    public long Sequence { get; private set; }

    public byte[] Hash { get; private set; } = AuditHash.Start;

    public byte[] Mac { get; private set; } = [];

    public static AuditMark At(string name, byte[] key, long sequence, byte[] hash)
    {
        var mark = new AuditMark { Name = name };
        mark.MoveTo(key, sequence, hash);
        return mark;
    }

    public void MoveTo(byte[] key, long sequence, byte[] hash) =>
        (Sequence, Hash, Mac) = (sequence, hash, AuditHash.OfMark(key, Name, sequence, hash));

    /// <summary>Whether the product has set the mark, and not somebody without the key.</summary>
    public bool IsAuthentic(byte[] key) => CryptographicOperations.FixedTimeEquals(Mac, AuditHash.OfMark(key, Name, Sequence, Hash));
}
