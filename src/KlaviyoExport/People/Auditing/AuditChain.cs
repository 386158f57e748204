using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.Auditing;

/// <summary>The key of the chain and its two ends, as they are in the store.</summary>
internal sealed record AuditChain(byte[] Key, AuditMark Anchor, AuditMark Head)
{
    /// <summary>The name of the key among the keys of the installation.</summary>
    public const string KeyName = "audit";

    /// <summary>Reads the chain. Call it in an exclusive transaction when the chain is going to be changed.</summary>
    /// <exception cref="AuditBrokenException">There are sealed entries, and the key or an end is missing or was changed.</exception>
    /// <returns>Null when nothing was sealed yet.</returns>
    public static async Task<AuditChain?> FindAsync(AppDb db, SecretProtector secrets, CancellationToken cancellationToken)
    {
        var marks = await db.Set<AuditMark>().ToDictionaryAsync(mark => mark.Name, cancellationToken);
        var stored = await db.Set<InstallationKey>().SingleOrDefaultAsync(key => key.Name == KeyName, cancellationToken);
        if (stored is null)
            return marks.Count == 0 && !await db.Set<AuditEntry>().AnyAsync(entry => entry.Sequence != null, cancellationToken)
                ? null
                : throw new AuditBrokenException(AuditFaultKind.KeyMissing);
        var key = KeyOf(stored, secrets);
        return new AuditChain(key, Authentic(AuditMark.Anchor), Authentic(AuditMark.Head));

        AuditMark Authentic(string name) =>
            marks.GetValueOrDefault(name) is { } mark && mark.IsAuthentic(key)
                ? mark
                : throw new AuditBrokenException(name == AuditMark.Anchor ? AuditFaultKind.AnchorChanged : AuditFaultKind.HeadChanged);
    }

    /// <summary>As <see cref="FindAsync"/>. Begins the chain when nothing was sealed yet; the caller saves it.</summary>
    public static async Task<AuditChain> OpenAsync(AppDb db, SecretProtector secrets, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, secrets, cancellationToken) is { } chain)
            return chain;
        var key = RandomNumberGenerator.GetBytes(AuditHash.Length);
        db.Add(new InstallationKey { Name = KeyName, Value = secrets.ProtectPayload(key) });
        chain = new AuditChain(
            key,
            AuditMark.At(AuditMark.Anchor, key, 0, AuditHash.Start),
            AuditMark.At(AuditMark.Head, key, 0, AuditHash.Start)
        );
        db.AddRange(chain.Anchor, chain.Head);
        return chain;
    }

    private static byte[] KeyOf(InstallationKey stored, SecretProtector secrets)
    {
        try
        {
            return secrets.UnprotectPayload(stored.Value);
        }
        catch (CryptographicException)
        {
            throw new AuditBrokenException(AuditFaultKind.KeyMissing);
        }
    }
}
