using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace KlaviyoExport.Klaviyo;

/// <summary>Returns the secret for the next attempt of a call.</summary>
/// <param name="refused">The secret that Klaviyo has just refused, when a different one is needed. Otherwise null.</param>
/// <exception cref="LocalizedException">There is no secret, and a person must fix the cause.</exception>
/// <exception cref="KlaviyoUnavailableException">The secret is temporarily unavailable.</exception>
public delegate Task<string> SecretSource(string? refused, CancellationToken cancellationToken);

/// <summary>
/// The secret that authenticates calls, and the quota that the calls count against. The secret never appears in ToString, in a log or in
/// a message.
/// </summary>
public sealed record KlaviyoCredential
{
    private const string KeyScheme = "Klaviyo-API-Key";
    private const string TokenScheme = "Bearer";

    private readonly string _scheme;
    private readonly SecretSource _secret;

    private KlaviyoCredential(string scheme, string secret, string? quota)
    {
        secret = Checked(secret);
        _scheme = scheme;
        _secret = (_, _) => Task.FromResult(secret);
        Quota = quota ?? "key " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 8));
    }

    private KlaviyoCredential(string scheme, SecretSource secret, string quota) =>
        (_scheme, _secret, Quota, IsRenewable) = (scheme, secret, quota, true);

    /// <summary>
    /// The key of the rate limits that the calls count against. All private keys of an account share one quota, so a caller that knows
    /// the account passes its id. Each OAuth app has a separate quota per account. The default is a fingerprint of the secret.
    /// </summary>
    public string Quota { get; init; }

    /// <summary>Returns the base address of the calls. Null for the one of <see cref="KlaviyoOptions.BaseUrl"/>.</summary>
    internal Func<CancellationToken, Task<Uri>>? BaseAddress { get; private init; }

    /// <summary>Whether the credential can provide another secret after Klaviyo has refused one.</summary>
    internal bool IsRenewable { get; }

    /// <summary>Creates a credential from a private API key.</summary>
    /// <exception cref="ArgumentException">The text cannot be a key (see <see cref="CanBeSecret"/>).</exception>
    public static KlaviyoCredential FromPrivateKey(string key, string? quota = null) => new(KeyScheme, key, quota);

    /// <summary>
    /// Creates a credential that gets its private API key from a source before each attempt. Use it for a key that is stored in another
    /// system and may be replaced there.
    /// </summary>
    public static KlaviyoCredential FromPrivateKey(SecretSource key, string quota) => new(KeyScheme, key, quota);

    /// <summary>Creates a credential from an OAuth access token.</summary>
    /// <exception cref="ArgumentException">The text cannot be a token (see <see cref="CanBeSecret"/>).</exception>
    public static KlaviyoCredential FromAccessToken(string token, string? quota = null) => new(TokenScheme, token, quota);

    /// <summary>
    /// Creates a credential that gets its access token from a source before each attempt. Use it for work that may take longer than the
    /// lifetime of one token.
    /// </summary>
    public static KlaviyoCredential FromAccessToken(SecretSource token, string quota) => new(TokenScheme, token, quota);

    /// <summary>Creates the credential of the account in the practice Klaviyo, to which its calls are then sent.</summary>
    public static KlaviyoCredential ForPractice(IPracticeKlaviyo practice, string quota) =>
        new(KeyScheme, async (_, cancellationToken) => (await practice.StartAsync(cancellationToken)).Key, quota)
        {
            BaseAddress = async cancellationToken => (await practice.StartAsync(cancellationToken)).Address,
        };

    /// <summary>
    /// Returns whether a text can be a key or token: 1 to 4096 visible ASCII characters, after white space is trimmed. Other text is not
    /// sent to Klaviyo.
    /// </summary>
    public static bool CanBeSecret(string? text) =>
        text?.Trim() is { Length: > 0 and <= 4096 } trimmed && trimmed.All(c => c is > ' ' and <= '~');

    /// <summary>Returns the scheme and the quota, without the secret.</summary>
    public override string ToString() => $"{_scheme} of {Quota}";

    internal async Task<AuthenticationHeaderValue> SignAsync(string? refused, CancellationToken cancellationToken) =>
        new(_scheme, Checked(await _secret(refused, cancellationToken)));

    private static string Checked(string secret) =>
        CanBeSecret(secret)
            ? secret.Trim()
            : throw new ArgumentException("A Klaviyo key or token must consist of visible ASCII characters and must not be empty.");
}
