using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// Keyed hashes of addresses, so that what was delivered can be recognised without keeping addresses. The key is the installation's own;
/// if it is lost, incremental exports send everybody once more, which is harmless.
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
            // Another process made it at the same moment; its key is the one that counts.
        }
        return await FindAsync(db, cancellationToken)
            ?? throw new InvalidOperationException("The key of address hashes could not be stored.");
    }

    private async Task<EmailHasher?> FindAsync(AppDb db, CancellationToken cancellationToken) =>
        await db.Set<InstallationKey>().AsNoTracking().SingleOrDefaultAsync(key => key.Name == KeyName, cancellationToken) is { } key
            ? new EmailHasher(secrets.UnprotectPayload(key.Value))
            : null;
}

/// <summary>Hashes normalised addresses with one key: the first 16 bytes of HMAC-SHA-256.</summary>
public sealed class EmailHasher(byte[] key)
{
    public Hash16 Hash(string email) => Hash16.Take(HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes(email)));
}
