using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Replaces the key of an existing connection: checks the new key first, then stores it in the caller's transaction.</summary>
internal sealed class KeyRotation(IDbContextFactory<AppDb> stores, ConnectionKeys keys, KeyCheck check)
{
    /// <exception cref="LocalizedException">The text is not a key, Klaviyo refuses it, or Klaviyo cannot be reached.</exception>
    public Task<AccountCheck> CheckAsync(string apiKey, CancellationToken cancellationToken) =>
        check.CheckAsync(ConnectionKeys.Clean(apiKey), cancellationToken);

    /// <returns>Null when the key is not replaced.</returns>
    /// <exception cref="LocalizedException">The key is not valid, lacks a scope or belongs to another account, or Klaviyo cannot be
    /// reached.</exception>
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

    /// <exception cref="LocalizedException">Another connection uses the key.</exception>
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

    /// <summary>A checked key. Not a record, because the text of a record would contain the key.</summary>
    internal sealed class NewKey(string key, string? keyVaultSecret, AccountCheck account)
    {
        public string Key { get; } = key;

        public string? KeyVaultSecret { get; } = keyVaultSecret;

        public AccountCheck Account { get; } = account;
    }
}
