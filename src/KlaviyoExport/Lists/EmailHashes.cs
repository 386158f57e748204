using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// The keys of the installation with which the addresses of memberships are hashed and encrypted. They are created at their first use and
/// stored encrypted. If the key of the hashes is lost, incremental exports send all members once more.
/// </summary>
public sealed class EmailHashes(IDbContextFactory<AppDb> stores, SecretProtector secrets)
{
    private const string HashKey = "email-hash";
    private const string CipherKey = "membership-address";

    /// <summary>
    /// Returns the keyed hash function by which people are recognized without storing their addresses. Dispose it after use.
    /// </summary>
    public async Task<EmailHasher> LoadAsync(CancellationToken cancellationToken) => new(await KeyAsync(HashKey, cancellationToken));

    /// <summary>
    /// Returns the hash function and the cipher for the addresses that must be stored. Do not call it inside a transaction: the first call
    /// stores the keys. Dispose the result after use.
    /// </summary>
    public async Task<AddressKeys> LoadAllAsync(CancellationToken cancellationToken) =>
        new(await LoadAsync(cancellationToken), new AddressCipher(await KeyAsync(CipherKey, cancellationToken), secrets));

    private async Task<byte[]> KeyAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, name, cancellationToken) is { } found)
            return found;
        db.Add(new InstallationKey { Name = name, Value = secrets.ProtectPayload(RandomNumberGenerator.GetBytes(32)) });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another process has stored a key in the meantime. Use that one.
        }
        return await FindAsync(db, name, cancellationToken) ?? throw new InvalidOperationException($"The key {name} could not be stored.");
    }

    private async Task<byte[]?> FindAsync(AppDb db, string name, CancellationToken cancellationToken) =>
        await db.Set<InstallationKey>().AsNoTracking().SingleOrDefaultAsync(key => key.Name == name, cancellationToken) is { } key
            ? secrets.UnprotectPayload(key.Value)
            : null;
}

/// <summary>
/// Hashes normalized email addresses with one key. The hash is the first 16 bytes of HMAC-SHA-256. Threads may share a hasher.
/// </summary>
public sealed class EmailHasher(byte[] key) : IDisposable
{
    // Of a normalized address. Longer texts are hashed too.
    private const int Longest = 254;
    private const int Utf8Most = 3;

    // Preparing the key takes longer than hashing an address, so each thread does it once.
    private readonly ThreadLocal<IncrementalHash> _hashes = new(
        () => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key),
        trackAllValues: true
    );

    public Hash16 Hash(string email)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> bytes = email.Length <= Longest ? stackalloc byte[Longest * Utf8Most] : new byte[email.Length * Utf8Most];
        var hashes = _hashes.Value!;
        hashes.AppendData(bytes[..Encoding.UTF8.GetBytes(email, bytes)]);
        hashes.GetHashAndReset(hash);
        return Hash16.Take(hash);
    }

    public void Dispose()
    {
        foreach (var hashes in _hashes.Values)
            hashes.Dispose();
        _hashes.Dispose();
    }
}

/// <summary>The keys for the addresses of memberships.</summary>
public sealed record AddressKeys(EmailHasher Hasher, AddressCipher Cipher) : IDisposable
{
    public void Dispose()
    {
        Hasher.Dispose();
        Cipher.Dispose();
    }
}
