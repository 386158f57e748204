using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>A new key for a connection that exists: asked about first, taken in the caller's transaction.</summary>
internal sealed class KeyRotation(IDbContextFactory<AppDb> stores, ConnectionKeys keys, KeyCheck check)
{
    /// <exception cref="LocalizedException">This cannot be a key, Klaviyo refuses it, or Klaviyo cannot be asked.</exception>
    public Task<AccountCheck> CheckAsync(string apiKey, CancellationToken cancellationToken) =>
        check.CheckAsync(ConnectionKeys.Clean(apiKey), cancellationToken);

    /// <returns>Null where the key stays.</returns>
    /// <exception cref="LocalizedException">The key is wrong, lacks a scope or belongs to another account, or Klaviyo cannot be
    /// asked.</exception>
    public async Task<NewKey?> FindOutAsync(ConnectionChanges changes, CancellationToken cancellationToken)
    {
        var vault =
            string.IsNullOrWhiteSpace(changes.ApiKey) && !string.IsNullOrWhiteSpace(changes.KeyVaultSecret)
                ? keys.CleanSecretName(changes.KeyVaultSecret)
                : null;
        if (vault is null && string.IsNullOrWhiteSpace(changes.ApiKey))
            return null;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var connection = await ConnectionService.FindAsync(db, changes.Id, cancellationToken);
        var key = vault is null ? ConnectionKeys.Clean(changes.ApiKey) : await keys.ReadSecretAsync(vault, cancellationToken);
        var account = await check.CheckCompleteAsync(key, cancellationToken);
        if (account.AccountId != connection.AccountId)
            throw new LocalizedException(new LocalizedMessage("Connections.OtherAccount", account.Name, connection.AccountName));
        await keys.DemandUnusedAsync(db, key, account.AccountId, connection.Id, askVault: true, cancellationToken);
        return new NewKey(key, vault, account);
    }

    /// <exception cref="LocalizedException">Another connection has the key.</exception>
    public async Task TakeAsync(AppDb db, Connection connection, NewKey found, CancellationToken cancellationToken)
    {
        await keys.DemandUnusedAsync(db, found.Key, connection.AccountId, connection.Id, askVault: false, cancellationToken);
        connection.ApiKey = found.KeyVaultSecret is null ? keys.Protect(found.Key) : null;
        connection.ApiKeyEnding = found.KeyVaultSecret is null ? ConnectionKeys.EndingOf(found.Key) : "";
        connection.KeyVaultSecret = found.KeyVaultSecret;
        connection.AccountName = found.Account.Name;
        connection.TimeZone = found.Account.TimeZone;
        connection.IsTestAccount = found.Account.IsTestAccount;
        connection.LastSuccessAt = found.Account.At;
        (connection.LastError, connection.LacksExportUser) = (null, false);
    }

    /// <summary>A key that will do; not a record, which would print it.</summary>
    internal sealed class NewKey(string key, string? keyVaultSecret, AccountCheck account)
    {
        public string Key { get; } = key;

        public string? KeyVaultSecret { get; } = keyVaultSecret;

        public AccountCheck Account { get; } = account;
    }
}
