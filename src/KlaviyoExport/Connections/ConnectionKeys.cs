using System.Security.Cryptography;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Secrets;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Decrypts or fetches keys, and prevents two connections from using the same key.</summary>
internal sealed class ConnectionKeys(SecretProtector secrets, SecretReader elsewhere)
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

    /// <returns>The place of a key that a person entered.</returns>
    /// <exception cref="SecretException">The text cannot be the name of such a place, or this installation may not read it.</exception>
    public SecretPlace Checked(SecretPlaceKind kind, string? typed) => elsewhere.Check(kind, typed, SecretUse.KlaviyoKey);

    /// <summary>Returns the last characters of a key, which may be shown again. Empty for a short key.</summary>
    public static string EndingOf(string key) => key.Length > 3 * EndingLength ? key[^EndingLength..] : "";

    public byte[] Protect(string key) => secrets.ProtectCredential(key);

    /// <exception cref="LocalizedException">There is no key, it cannot be decrypted, or it cannot be read where it is kept.</exception>
    public async Task<string> ReadAsync(ConnectionDraft draft, CancellationToken cancellationToken)
    {
        if (draft.KeyFrom is { } place)
            return await ReadAsync(place, cancellationToken);
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

    /// <summary>Reads a key that is kept outside the store, without the cache.</summary>
    /// <exception cref="LocalizedException">The key cannot be read, or is not a key.</exception>
    public async Task<string> ReadAsync(SecretPlace place, CancellationToken cancellationToken) =>
        KeyOf(place, await elsewhere.ReadAgainAsync(place, SecretUse.KlaviyoKey, cancellationToken));

    /// <summary>Returns a secret that is a key, without surrounding white space.</summary>
    /// <exception cref="SecretException">It is not a key. Otherwise any secret of the server would be sent to Klaviyo.</exception>
    public static string KeyOf(SecretPlace place, string secret) =>
        KlaviyoCredential.CanBeSecret(secret)
            ? secret.Trim()
            : throw new SecretException(new LocalizedMessage("Connections.PlaceNoKey", SecretPlace.MessageOf(place)));

    /// <summary>
    /// Demands that no other connection uses the key. If two connections shared a key, replacing it would break the other one, and their
    /// calls could not be distinguished in Klaviyo.
    /// </summary>
    /// <param name="db">The store.</param>
    /// <param name="key">The requested key.</param>
    /// <param name="accountId">The account of the key.</param>
    /// <param name="of">The ID of the connection that may have the key.</param>
    /// <param name="readElsewhere">Whether to compare with keys that are kept outside the store too. Not in a transaction, because it may
    /// take long.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="LocalizedException">Another connection of the account uses the key. The message names it.</exception>
    public async Task DemandUnusedAsync(
        AppDb db,
        string key,
        string accountId,
        int? of,
        bool readElsewhere,
        CancellationToken cancellationToken
    )
    {
        var others = await db.Set<Connection>()
            .AsNoTracking()
            .Where(connection => connection.AccountId == accountId && connection.Id != of && !connection.IsPractice)
            .ToListAsync(cancellationToken);
        foreach (var other in others)
            if (other.KeyFrom is { } place ? readElsewhere && await HasAsync(place, key, cancellationToken) : IsSame(other.ApiKey!, key))
                throw new LocalizedException(new LocalizedMessage("Connections.KeyInUse", other.Name));
    }

    private async Task<bool> HasAsync(SecretPlace place, string key, CancellationToken cancellationToken)
    {
        try
        {
            return KeyOf(place, await elsewhere.ReadAsync(place, SecretUse.KlaviyoKey, null, cancellationToken)) == key;
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
