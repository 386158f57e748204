using System.Security.Cryptography;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Decrypts or fetches keys, and prevents two connections from using the same key.</summary>
internal sealed class ConnectionKeys(SecretProtector secrets, KeyVaultSecrets vault)
{
    private const int EndingLength = 4;

    /// <returns>The key that a person entered, without surrounding white space.</returns>
    /// <exception cref="LocalizedException">The text is not a key.</exception>
    public static string Clean(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
            throw new LocalizedException(new LocalizedMessage("Connections.KeyNeeded"));
        return KlaviyoCredential.CanBeSecret(typed)
            ? typed.Trim()
            : throw new LocalizedException(new LocalizedMessage("Connections.KeyMalformed"));
    }

    /// <returns>The name of a Key Vault secret that a person entered.</returns>
    /// <exception cref="LocalizedException">The text cannot be the name of a secret, or no vault is configured.</exception>
    public string CleanSecretName(string typed)
    {
        var name = typed.Trim();
        if (!vault.IsConfigured)
            throw new LocalizedException(new LocalizedMessage("Connections.NoVault", name));
        return KeyVaultSecrets.CanBeName(name)
            ? name
            : throw new LocalizedException(new LocalizedMessage("Connections.VaultNameMalformed"));
    }

    /// <summary>Returns the last characters of a key, which may be shown again. Empty for a short key.</summary>
    public static string EndingOf(string key) => key.Length > 3 * EndingLength ? key[^EndingLength..] : "";

    public byte[] Protect(string key) => secrets.ProtectCredential(key);

    /// <exception cref="LocalizedException">There is no key, it cannot be decrypted, or Key Vault does not return it.</exception>
    public async Task<string> ReadAsync(ConnectionDraft draft, CancellationToken cancellationToken)
    {
        if (draft.KeyVaultSecret is not null)
            return await ReadSecretAsync(draft.KeyVaultSecret, cancellationToken);
        if (draft.ApiKey is null)
            throw new LocalizedException(new LocalizedMessage("Connections.KeyNeeded"));
        try
        {
            return secrets.UnprotectCredential(draft.ApiKey);
        }
        catch (CryptographicException)
        {
            throw new LocalizedException(new LocalizedMessage("Connections.KeyUnreadable", draft.Name));
        }
    }

    /// <exception cref="LocalizedException">No Key Vault is configured, or it does not return the secret.</exception>
    public Task<string> ReadSecretAsync(string keyVaultSecret, CancellationToken cancellationToken) =>
        vault.ReadAgainAsync(keyVaultSecret, cancellationToken);

    /// <summary>
    /// Demands that no other connection uses the key. If two connections shared a key, replacing it would break the other one, and their
    /// calls could not be distinguished in Klaviyo.
    /// </summary>
    /// <param name="db">The store.</param>
    /// <param name="key">The requested key.</param>
    /// <param name="accountId">The account of the key.</param>
    /// <param name="of">The ID of the connection that may have the key.</param>
    /// <param name="askVault">Whether to compare with keys of other connections in Key Vault too. Not in a transaction, because it may
    /// take long.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="LocalizedException">Another connection of the account uses the key. The message names it.</exception>
    public async Task DemandUnusedAsync(AppDb db, string key, string accountId, int? of, bool askVault, CancellationToken cancellationToken)
    {
        var others = await db.Set<Connection>()
            .AsNoTracking()
            .Where(connection => connection.AccountId == accountId && connection.Id != of)
            .ToListAsync(cancellationToken);
        foreach (var other in others)
            if (
                other.KeyVaultSecret is { } name
                    ? askVault && await VaultHasAsync(name, key, cancellationToken)
                    : IsSame(other.ApiKey!, key)
            )
                throw new LocalizedException(new LocalizedMessage("Connections.KeyInUse", other.Name));
    }

    private async Task<bool> VaultHasAsync(string name, string key, CancellationToken cancellationToken)
    {
        try
        {
            return await vault.ReadAsync(name, null, cancellationToken) == key;
        }
        catch (LocalizedException)
        {
            // The other connection cannot be read. This does not concern the new one.
            return false;
        }
    }

    private bool IsSame(byte[] stored, string key)
    {
        try
        {
            return secrets.UnprotectCredential(stored) == key;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
