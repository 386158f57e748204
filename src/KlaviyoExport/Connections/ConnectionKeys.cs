using System.Security.Cryptography;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Opens keys, wherever they are kept, and keeps one key out of two connections.</summary>
internal sealed class ConnectionKeys(SecretProtector secrets, KeyVaultSecrets vault)
{
    private const int EndingLength = 4;

    /// <returns>What a person typed or pasted, as a key.</returns>
    /// <exception cref="LocalizedException">It is none.</exception>
    public static string Clean(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
            throw new LocalizedException(new LocalizedMessage("Connections.KeyNeeded"));
        return KlaviyoCredential.CanBeSecret(typed)
            ? typed.Trim()
            : throw new LocalizedException(new LocalizedMessage("Connections.KeyMalformed"));
    }

    /// <returns>What a person typed as the name of a Key Vault secret.</returns>
    /// <exception cref="LocalizedException">It cannot be one, or there is no vault.</exception>
    public string CleanSecretName(string typed)
    {
        var name = typed.Trim();
        if (!vault.IsConfigured)
            throw new LocalizedException(new LocalizedMessage("Connections.NoVault", name));
        return KeyVaultSecrets.CanBeName(name)
            ? name
            : throw new LocalizedException(new LocalizedMessage("Connections.VaultNameMalformed"));
    }

    /// <summary>The most of a key that is ever shown again; nothing of a short one.</summary>
    public static string EndingOf(string key) => key.Length > 3 * EndingLength ? key[^EndingLength..] : "";

    public byte[] Protect(string key) => secrets.ProtectCredential(key);

    /// <exception cref="LocalizedException">There is no key, it cannot be opened any more, or Key Vault does not give it.</exception>
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

    /// <exception cref="LocalizedException">No Key Vault is configured, or it does not give the secret.</exception>
    public Task<string> ReadSecretAsync(string keyVaultSecret, CancellationToken cancellationToken) =>
        vault.ReadAnewAsync(keyVaultSecret, cancellationToken);

    /// <summary>
    /// Two connections with one key would fail together when it is renewed for one, and nobody could tell their calls apart in Klaviyo.
    /// </summary>
    /// <param name="db">The store.</param>
    /// <param name="key">The key somebody wants to use.</param>
    /// <param name="accountId">The account it belongs to.</param>
    /// <param name="of">The connection that may have it.</param>
    /// <param name="askVault">Whether to look into Key Vault for other connections' keys too: not in a transaction, it may take its
    /// time.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LocalizedException">Another connection of the account has it; the message names that one.</exception>
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
            // That connection has a fault of its own; it does not stand in the way of this one.
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
