using System.Security.Cryptography;
using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.Secrets;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>
/// Provides the credential for the calls of a connection: the tokens of its sign-in to Klaviyo, or else its key from the store or
/// from the place where it is kept.
/// </summary>
public sealed class ConnectionCredentials(
    SecretProtector secrets,
    KlaviyoOAuth oauth,
    ConnectionTokens tokens,
    SecretReader elsewhere,
    PracticeConnections practice,
    ILogger<ConnectionCredentials> logger
)
{
    /// <summary>
    /// Returns the credential of a connection. Tokens and keys outside the store are fetched for each call, so the credential can be kept
    /// during the work. A practice connection gets that of the practice Klaviyo. When the app is no longer configured, tokens cannot be
    /// refreshed and the key is used.
    /// </summary>
    /// <exception cref="CryptographicException">The encryption keys of the installation are missing.</exception>
    public KlaviyoCredential Of(Connection connection)
    {
        if (connection.IsPractice)
            return practice.CredentialOf(connection.AccountId);
        var id = connection.Id;
        return connection.Grant is not null && oauth.IsConfigured
            ? KlaviyoCredential.FromAccessToken(
                (refused, cancellationToken) => tokens.AccessTokenAsync(id, refused, cancellationToken),
                OAuthQuota(connection.AccountId)
            )
            : OfKey(connection.ApiKey, connection.KeyFrom, connection.AccountId);
    }

    /// <summary>Returns a credential with the key only, which a draft has too.</summary>
    /// <param name="apiKey">The encrypted key. Null when it is kept elsewhere.</param>
    /// <param name="from">Where the key is kept. Null when it is in the store.</param>
    /// <param name="accountId">The Klaviyo account.</param>
    /// <exception cref="CryptographicException">The encryption keys of the installation are missing.</exception>
    public KlaviyoCredential OfKey(byte[]? apiKey, SecretPlace? from, string accountId) =>
        from is not null
            ? KlaviyoCredential.FromPrivateKey(
                async (refused, cancellationToken) =>
                    ConnectionKeys.KeyOf(from, await elsewhere.ReadAsync(from, SecretUse.KlaviyoKey, refused, cancellationToken)),
                accountId
            )
            : KlaviyoCredential.FromPrivateKey(secrets.UnprotectCredential(apiKey!), accountId);

    /// <summary>Revokes the access that Klaviyo granted.</summary>
    /// <param name="grant">The encrypted tokens.</param>
    /// <returns>False when Klaviyo cannot be reached. Then the tokens remain valid until they expire or are removed in Klaviyo under
    /// Settings &gt; Integrations.</returns>
    public async Task<bool> RevokeAsync(byte[] grant, CancellationToken cancellationToken)
    {
        try
        {
            return await RevokeAsync(Grant.Open(grant, secrets).RefreshToken, cancellationToken);
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException)
        {
            Log.NotRevoked(logger, fault.GetType().Name);
            return false;
        }
    }

    /// <summary>Returns the quota that the calls of a connection count against, without reading its secrets.</summary>
    /// <param name="accountId">The Klaviyo account of the connection.</param>
    /// <param name="hasGrant">Whether a person has signed in to Klaviyo for the connection.</param>
    internal string QuotaOf(string accountId, bool hasGrant) => hasGrant && oauth.IsConfigured ? OAuthQuota(accountId) : accountId;

    internal static string OAuthQuota(string accountId) => accountId + " oauth";

    internal async Task<bool> RevokeAsync(string refreshToken, CancellationToken cancellationToken)
    {
        if (!oauth.IsConfigured)
            return false;
        try
        {
            await oauth.RevokeAsync(refreshToken, cancellationToken);
            return true;
        }
        catch (KlaviyoSignInException refused)
        {
            Log.NotRevoked(logger, refused.Refusal.Error);
        }
        catch (KlaviyoUnavailableException outage)
        {
            Log.NotRevoked(logger, outage.Reason.ToString());
        }
        return false;
    }
}
