using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>
/// Signing in to Klaviyo: OAuth 2.0, authorization code with PKCE (S256). A code is good once, and so may a refresh token be: when the
/// answer to one was lost, Klaviyo may have spent it. So nothing that may have arrived is sent again from here, save a revocation, which
/// may arrive as often as it likes. Who asks for a refresh must not stop half way, and must keep the answer before using it.
/// </summary>
public sealed class KlaviyoOAuth
{
    /// <summary>The longest answer that is read.</summary>
    internal const int AnswerBytes = 65_536;

    /// <summary>Where the answer does not say how long a token lasts.</summary>
    private static readonly TimeSpan UnsaidLifetime = TimeSpan.FromMinutes(30);

    private readonly OAuthWire _wire;
    private readonly KlaviyoOAuthOptions _options;
    private readonly TimeProvider _time;

    public KlaviyoOAuth(HttpClient http, IOptions<KlaviyoOAuthOptions> options, TimeProvider time)
    {
        (_options, _time) = (options.Value, time);
        _wire = new OAuthWire(http, _options, time);
    }

    /// <summary>What this product asks for, and nothing more.</summary>
    public static IReadOnlyList<string> Scopes { get; } = ["accounts:read", "lists:read", "lists:write", "profiles:read", "profiles:write"];

    /// <summary>Whether this installation is registered with Klaviyo as an app.</summary>
    public bool IsConfigured => _options.IsConfigured;

    /// <summary>How long a call here may take at most, all its tries together.</summary>
    internal static TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>Where to send the person.</summary>
    /// <param name="state">Comes back with the person; unguessable.</param>
    /// <param name="codeVerifier">43 to 128 characters of RFC 7636; only its SHA-256 travels now.</param>
    /// <param name="callback">Where the person comes back to, as this installation sees itself; <see
    /// cref="KlaviyoOAuthOptions.RedirectUri"/> goes before it.</param>
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

    /// <summary>Tokens for the code a person came back with.</summary>
    /// <param name="callback">The same as the person was sent away with.</param>
    /// <exception cref="KlaviyoSignInException">The code is used, expired or not for this verifier, or Klaviyo does not know the
    /// app.</exception>
    /// <exception cref="KlaviyoUnavailableException">No answer, or none of Klaviyo's; the code may be spent.</exception>
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

    /// <summary>The next tokens. Where Klaviyo gives no new refresh token, the old one is still good and is given back.</summary>
    /// <exception cref="KlaviyoSignInException">The refresh token is used, expired or revoked, or Klaviyo does not know the
    /// app.</exception>
    /// <exception cref="KlaviyoUnavailableException">No answer, or none of Klaviyo's; the refresh token may be spent.</exception>
    public Task<KlaviyoTokens> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        AskAsync([new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], refreshToken, cancellationToken);

    /// <summary>Ends what a person granted. A token Klaviyo does not know any more is no fault (RFC 7009).</summary>
    /// <exception cref="KlaviyoSignInException">Klaviyo does not know the app.</exception>
    /// <exception cref="KlaviyoUnavailableException">No answer, or none of Klaviyo's; the grant may still stand.</exception>
    public Task RevokeAsync(string token, CancellationToken cancellationToken) =>
        _wire.PostAsync(
            new Uri(_options.RevokeUrl),
            [new("token", token), new("token_type_hint", "refresh_token")],
            mayArriveTwice: true,
            cancellationToken
        );

    /// <summary>Random, unguessable, and fit to travel in an address: 256 bits in base64url, 43 characters.</summary>
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
        var lifetime = answer.ExpiresIn is > 0 and < int.MaxValue and { } seconds ? TimeSpan.FromSeconds(seconds) : UnsaidLifetime;
        return new KlaviyoTokens(
            answer.AccessToken,
            answer.RefreshToken ?? refreshToken ?? throw Unreadable(),
            asked,
            asked + lifetime,
            // RFC 6749, 5.1: left out where it is what was asked for.
            answer.Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? Scopes
        );
    }

    private static TokenAnswer Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OAuthJson.Default.TokenAnswer) is { } answer && IsUsable(answer)
                ? answer
                : throw Unreadable();
        }
        catch (JsonException)
        {
            // Its message may quote the answer.
            throw Unreadable();
        }
    }

    private static bool IsUsable(TokenAnswer answer) =>
        KlaviyoCredential.CanBeSecret(answer.AccessToken)
        && (answer.RefreshToken is null || KlaviyoCredential.CanBeSecret(answer.RefreshToken))
        && (answer.TokenType is null || answer.TokenType.Equals("Bearer", StringComparison.OrdinalIgnoreCase));
}
