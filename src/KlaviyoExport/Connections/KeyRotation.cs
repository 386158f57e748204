using KlaviyoExport.Data;
using KlaviyoExport.Secrets;
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
        var place = string.IsNullOrWhiteSpace(changes.ApiKey) && changes.KeyFrom is { } named ? keys.Checked(named.Kind, named.Name) : null;
        if (place is null && string.IsNullOrWhiteSpace(changes.ApiKey))
            return null;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var connection = await ConnectionService.FindAsync(db, changes.Id, cancellationToken);
        if (connection.IsPractice)
            throw new LocalizedException(new LocalizedMessage("Connections.PracticeFixed"));
        var key = place is null ? ConnectionKeys.Clean(changes.ApiKey) : await keys.ReadAsync(place, cancellationToken);
        var account = await check.CheckCompleteAsync(key, cancellationToken);
        if (account.AccountId != connection.AccountId)
            throw new LocalizedException(new LocalizedMessage("Connections.OtherAccount", account.Name, connection.AccountName));
        await keys.DemandUnusedAsync(db, key, account.AccountId, connection.Id, readElsewhere: true, cancellationToken);
        return new NewKey(key, place, account);
    }

    /// <exception cref="LocalizedException">Another connection uses the key.</exception>
    public async Task TakeAsync(AppDb db, Connection connection, NewKey found, CancellationToken cancellationToken)
    {
        await keys.DemandUnusedAsync(db, found.Key, connection.AccountId, connection.Id, readElsewhere: false, cancellationToken);
        connection.ApiKey = found.From is null ? keys.Protect(found.Key) : null;
        connection.ApiKeyEnding = found.From is null ? ConnectionKeys.EndingOf(found.Key) : "";
        connection.KeyFrom = found.From;
        connection.AccountName = found.Account.Name;
        connection.TimeZone = found.Account.TimeZone;
        connection.IsTestAccount = found.Account.IsTestAccount;
        connection.LastSuccessAt = found.Account.At;
        (connection.LastError, connection.LacksExportUser) = (null, false);
    }

    /// <summary>A checked key. Not a record, because the text of a record would contain the key.</summary>
    internal sealed class NewKey(string key, SecretPlace? from, AccountCheck account)
    {
        public string Key { get; } = key;

        public SecretPlace? From { get; } = from;

        public AccountCheck Account { get; } = account;
    }
}
