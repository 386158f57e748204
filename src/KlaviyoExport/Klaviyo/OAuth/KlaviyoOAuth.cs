using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>
/// Gets, refreshes and revokes tokens of a Klaviyo account with OAuth 2.0: the authorization code flow with PKCE (S256). A code can be
/// used only once, and this may also be true of a refresh token. When a response is lost, Klaviyo may have used up the code or token. So
/// a request that may have reached Klaviyo is not sent again. The exception is a revocation, which can be repeated safely. A caller must
/// not cancel a refresh, and must store the new tokens before it uses them.
/// </summary>
public sealed class KlaviyoOAuth
{
    /// <summary>The maximum size of a response, in bytes.</summary>
    internal const int MaxResponseBytes = 65_536;

    /// <summary>The assumed lifetime of an access token when the response does not contain one.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(30);

    private readonly OAuthTransport _wire;
    private readonly KlaviyoOAuthOptions _options;
    private readonly TimeProvider _time;

    public KlaviyoOAuth(HttpClient http, IOptions<KlaviyoOAuthOptions> options, TimeProvider time)
    {
        (_options, _time) = (options.Value, time);
        _wire = new OAuthTransport(http, _options, time);
    }

    /// <summary>The scopes that this product requests.</summary>
    public static IReadOnlyList<string> Scopes { get; } = ["accounts:read", "lists:read", "lists:write", "profiles:read", "profiles:write"];

    /// <summary>Whether this installation is registered with Klaviyo as an app.</summary>
    public bool IsConfigured => _options.IsConfigured;

    /// <summary>The time-out of a call, including its retries.</summary>
    internal static TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>Returns the URL of the Klaviyo page on which a person signs in and grants the scopes.</summary>
    /// <param name="state">A random value that Klaviyo returns to the callback. It must be impossible to guess.</param>
    /// <param name="codeVerifier">
    /// The code verifier of RFC 7636, with 43 to 128 characters. The URL contains only its SHA-256 hash.
    /// </param>
    /// <param name="callback">
    /// The callback URL as this installation sees it. Not used when <see cref="KlaviyoOAuthOptions.RedirectUri"/> is set.
    /// </param>
    public Uri AuthorizeAddress(string state, string codeVerifier, Uri callback)
    {
        var challenge = Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(codeVerifier)));
        return new Uri(
            _options.AuthorizeUrl
                + "?"
                + string.Join(
                    '&',
                    new[]
                    {
                        ("response_type", "code"),
                        ("client_id", _options.ClientId),
                        ("redirect_uri", Callback(callback)),
                        ("scope", string.Join(' ', Scopes)),
                        ("state", state),
                        ("code_challenge_method", "S256"),
                        ("code_challenge", challenge),
                    }.Select(parameter => $"{parameter.Item1}={Uri.EscapeDataString(parameter.Item2)}")
                )
        );
    }

    /// <summary>Exchanges an authorization code for tokens.</summary>
    /// <param name="code">The code that Klaviyo sent to the callback.</param>
    /// <param name="codeVerifier">The same code verifier as in <see cref="AuthorizeAddress"/>.</param>
    /// <param name="callback">The same callback URL as in <see cref="AuthorizeAddress"/>.</param>
    /// <param name="cancellationToken">Cancels the call. Klaviyo may still use up the code.</param>
    /// <exception cref="KlaviyoSignInException">
    /// The code was used before, has expired or does not match the verifier, or Klaviyo does not accept the app.
    /// </exception>
    /// <exception cref="KlaviyoUnavailableException">
    /// Klaviyo did not return a usable response. The code may be used up.
    /// </exception>
    public Task<KlaviyoTokens> ExchangeAsync(string code, string codeVerifier, Uri callback, CancellationToken cancellationToken) =>
        AskAsync(
            [
                new("grant_type", "authorization_code"),
                new("code", code),
                new("code_verifier", codeVerifier),
                new("redirect_uri", Callback(callback)),
            ],
            null,
            cancellationToken
        );

    /// <summary>
    /// Exchanges a refresh token for new tokens. When Klaviyo returns no new refresh token, the old one remains valid and is returned.
    /// </summary>
    /// <exception cref="KlaviyoSignInException">
    /// The refresh token was used before, has expired or was revoked, or Klaviyo does not accept the app.
    /// </exception>
    /// <exception cref="KlaviyoUnavailableException">
    /// Klaviyo did not return a usable response. The refresh token may be used up.
    /// </exception>
    public Task<KlaviyoTokens> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        AskAsync([new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], refreshToken, cancellationToken);

    /// <summary>
    /// Revokes a refresh token, which ends the app's access to the account. Succeeds when Klaviyo does not know the token (RFC 7009).
    /// </summary>
    /// <exception cref="KlaviyoSignInException">Klaviyo does not accept the app.</exception>
    /// <exception cref="KlaviyoUnavailableException">
    /// Klaviyo did not return a usable response. The token may still be valid.
    /// </exception>
    public Task RevokeAsync(string token, CancellationToken cancellationToken) =>
        _wire.PostAsync(
            new Uri(_options.RevokeUrl),
            [new("token", token), new("token_type_hint", "refresh_token")],
            mayArriveTwice: true,
            cancellationToken
        );

    /// <summary>
    /// Returns a cryptographically random value for a state or a code verifier: 256 bits as 43 characters of base64url.
    /// </summary>
    public static string NewSecret() => Base64Url(RandomNumberGenerator.GetBytes(32));

    private string Callback(Uri seen) => _options.RedirectUri is { Length: > 0 } registered ? registered : seen.AbsoluteUri;

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static KlaviyoUnavailableException Unreadable() =>
        new(UnavailableReason.UnreadableAnswer, "The answer of the token endpoint was not one of Klaviyo's.");

    private async Task<KlaviyoTokens> AskAsync(
        IReadOnlyList<KeyValuePair<string, string>> form,
        string? refreshToken,
        CancellationToken cancellationToken
    )
    {
        var asked = _time.GetUtcNow();
        var answer = Read(await _wire.PostAsync(new Uri(_options.TokenUrl), form, mayArriveTwice: false, cancellationToken));
        var lifetime = answer.ExpiresIn is > 0 and < int.MaxValue and { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultLifetime;
        return new KlaviyoTokens(
            answer.AccessToken,
            answer.RefreshToken ?? refreshToken ?? throw Unreadable(),
            asked,
            asked + lifetime,
            // RFC 6749, section 5.1: the scope may be omitted when it is the same as the requested scope.
            answer.Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? Scopes
        );
    }

    private static TokenResponse Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OAuthJson.Default.TokenResponse) is { } answer && IsUsable(answer)
                ? answer
                : throw Unreadable();
        }
        catch (JsonException)
        {
            // Do not keep the exception: its message may quote the response.
            throw Unreadable();
        }
    }

    private static bool IsUsable(TokenResponse answer) =>
        KlaviyoCredential.CanBeSecret(answer.AccessToken)
        && (answer.RefreshToken is null || KlaviyoCredential.CanBeSecret(answer.RefreshToken))
        && (answer.TokenType is null || answer.TokenType.Equals("Bearer", StringComparison.OrdinalIgnoreCase));
}
