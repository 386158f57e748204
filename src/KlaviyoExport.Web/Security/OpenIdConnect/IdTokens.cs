using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>Decides whether an ID token is the provider's word to us about this very sign-in (OpenID Connect Core 1.0, section 3.1.3.7).</summary>
internal sealed class IdTokens(IOptions<OpenIdConnectOptions> options, ProviderMetadata metadata, TimeProvider clock)
{
    /// <summary>By how much the provider's clock may differ from ours.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Signatures with the provider's key pair only: not "none", and not HMAC, whose key a public key could be taken for.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <exception cref="ProviderException">It is not, or the provider's keys cannot be read.</exception>
    public async Task<JsonWebToken> ValidateAsync(string idToken, string nonce, CancellationToken cancel)
    {
        var result = await _handler.ValidateTokenAsync(idToken, Demands(await metadata.GetAsync(cancel)));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            result = await _handler.ValidateTokenAsync(idToken, Demands(await metadata.RenewAsync(cancel)));
        if (!result.IsValid)
            throw ProviderException.Unbelievable($"The ID token is not valid: {result.Exception?.GetType().Name}.");
        var token = (JsonWebToken)result.SecurityToken;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Claim(token, "nonce") ?? ""), Encoding.UTF8.GetBytes(nonce)))
            throw ProviderException.Unbelievable("The ID token is of another sign-in: its nonce is not ours.");
        if (token.Audiences.Count() > 1 && Claim(token, "azp") != options.Value.ClientId)
            throw ProviderException.Unbelievable("The ID token was given to another application.");
        if (string.IsNullOrEmpty(token.Subject))
            throw ProviderException.Unbelievable("The ID token names no subject.");
        return token;
    }

    public static string? Claim(JsonWebToken token, string name) => token.TryGetPayloadValue<object>(name, out var value) ? value?.ToString() : null;

    private TokenValidationParameters Demands(OpenIdConnectConfiguration provider) => new()
    {
        ValidIssuer = provider.Issuer,
        ValidAudience = options.Value.ClientId,
        IssuerSigningKeys = provider.SigningKeys,
        ValidAlgorithms = Algorithms,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = (from, until, _, _) => clock.GetUtcNow().UtcDateTime is var now && (from is null || from <= now + Skew) && until > now - Skew,
    };
}
