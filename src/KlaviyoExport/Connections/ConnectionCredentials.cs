using System.Security.Cryptography;
using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>
/// What a connection's calls sign themselves with: the tokens of its sign-in to Klaviyo, or else its key, from the store or from Key Vault.
/// </summary>
public sealed class ConnectionCredentials(
    SecretProtector secrets,
    KlaviyoOAuth oauth,
    ConnectionTokens tokens,
    KeyVaultSecrets vault,
    ILogger<ConnectionCredentials> logger
)
{
    /// <summary>
    /// Tokens and Key Vault's secrets are fetched at each call, so the credential may be kept for as long as the work takes. Where the app
    /// was taken out of the configuration, tokens cannot be refreshed and the key is used.
    /// </summary>
    /// <exception cref="CryptographicException">The encryption keys of the installation are gone.</exception>
    public KlaviyoCredential Of(Connection connection)
    {
        var id = connection.Id;
        return connection.Grant is not null && oauth.IsConfigured
            ? KlaviyoCredential.FromAccessToken(
                (refused, cancellationToken) => tokens.AccessTokenAsync(id, refused, cancellationToken),
                OAuthQuota(connection.AccountId)
            )
            : OfKey(connection.ApiKey, connection.KeyVaultSecret, connection.AccountId);
    }

    /// <summary>The key alone, which also a draft has.</summary>
    /// <param name="apiKey">As it stands in the store; null where Key Vault has it.</param>
    /// <exception cref="CryptographicException">The encryption keys of the installation are gone.</exception>
    public KlaviyoCredential OfKey(byte[]? apiKey, string? keyVaultSecret, string accountId) =>
        keyVaultSecret is not null
            ? KlaviyoCredential.FromPrivateKey(
                (refused, cancellationToken) => vault.ReadAsync(keyVaultSecret, refused, cancellationToken),
                accountId
            )
            : KlaviyoCredential.FromPrivateKey(secrets.UnprotectCredential(apiKey!), accountId);

    /// <summary>Tells Klaviyo that what was granted is not wanted any more.</summary>
    /// <param name="grant">As it stands in the store.</param>
    /// <returns>False when Klaviyo could not be told; then the tokens end by themselves, or in Klaviyo under Settings &gt;
    /// Integrations.</returns>
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
