using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace KlaviyoExport.Klaviyo;

/// <summary>Gives the secret for the call that is about to be made.</summary>
/// <param name="refused">The secret Klaviyo has just refused, so that another is wanted; else null.</param>
/// <exception cref="LocalizedException">There is none, and only a person can mend that.</exception>
/// <exception cref="KlaviyoUnavailableException">It cannot be had at the moment.</exception>
public delegate Task<string> SecretSource(string? refused, CancellationToken cancellationToken);

/// <summary>
/// What a call signs itself with, and the quota it draws on. Never shows its secret: not in ToString, not in a log, not in a message.
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
    /// Whose rate limit the calls count against: all private keys of an account share one quota, so callers that know the account put its
    /// id here; each OAuth app has its own per account. Unless given, a fingerprint of the secret.
    /// </summary>
    public string Quota { get; init; }

    /// <summary>Whether a refused secret may be followed by another.</summary>
    internal bool IsRenewable { get; }

    /// <exception cref="ArgumentException">The text cannot be a key (see <see cref="CanBeSecret"/>).</exception>
    public static KlaviyoCredential FromPrivateKey(string key, string? quota = null) => new(KeyScheme, key, quota);

    /// <summary>A key that is asked for at every call, because it is kept elsewhere and may be replaced there.</summary>
    public static KlaviyoCredential FromPrivateKey(SecretSource key, string quota) => new(KeyScheme, key, quota);

    /// <exception cref="ArgumentException">The text cannot be a token (see <see cref="CanBeSecret"/>).</exception>
    public static KlaviyoCredential FromAccessToken(string token, string? quota = null) => new(TokenScheme, token, quota);

    /// <summary>A token that is asked for at every call, so that work may take longer than a token lasts.</summary>
    public static KlaviyoCredential FromAccessToken(SecretSource token, string quota) => new(TokenScheme, token, quota);

    /// <summary>Whether a pasted text can travel as a key at all; anything else would be refused without asking Klaviyo.</summary>
    public static bool CanBeSecret(string? text) =>
        text?.Trim() is { Length: > 0 and <= 4096 } trimmed && trimmed.All(c => c is > ' ' and <= '~');

    /// <summary>The scheme and the quota; never the secret.</summary>
    public override string ToString() => $"{_scheme} of {Quota}";

    internal async Task<AuthenticationHeaderValue> SignAsync(string? refused, CancellationToken cancellationToken) =>
        new(_scheme, Checked(await _secret(refused, cancellationToken)));

    private static string Checked(string secret) =>
        CanBeSecret(secret)
            ? secret.Trim()
            : throw new ArgumentException(
                "A Klaviyo key or token is a run of visible ASCII characters; this one is empty or holds others."
            );
}
