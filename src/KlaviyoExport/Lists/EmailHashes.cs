using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// Computes keyed hashes of email addresses, so that delivered profiles can be recognized without storing their addresses. The key
/// belongs to the installation. If it is lost, incremental exports send all members once more.
/// </summary>
public sealed class EmailHashes(IDbContextFactory<AppDb> stores, SecretProtector secrets)
{
    private const string KeyName = "email-hash";

    public async Task<EmailHasher> LoadAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, cancellationToken) is { } found)
            return found;
        db.Add(new InstallationKey { Name = KeyName, Value = secrets.ProtectPayload(RandomNumberGenerator.GetBytes(32)) });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another process has stored a key in the meantime. Use that one.
        }
        return await FindAsync(db, cancellationToken)
            ?? throw new InvalidOperationException("The key of address hashes could not be stored.");
    }

    private async Task<EmailHasher?> FindAsync(AppDb db, CancellationToken cancellationToken) =>
        await db.Set<InstallationKey>().AsNoTracking().SingleOrDefaultAsync(key => key.Name == KeyName, cancellationToken) is { } key
            ? new EmailHasher(secrets.UnprotectPayload(key.Value))
            : null;
}

/// <summary>Hashes normalized email addresses with one key. The hash is the first 16 bytes of HMAC-SHA-256.</summary>
public sealed class EmailHasher(byte[] key)
{
    public Hash16 Hash(string email) => Hash16.Take(HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes(email)));
}
