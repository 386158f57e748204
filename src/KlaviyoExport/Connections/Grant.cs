using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo.OAuth;

namespace KlaviyoExport.Connections;

/// <summary>The OAuth tokens of a Klaviyo account. They are stored encrypted, in one column.</summary>
internal sealed record Grant(string AccessToken, string RefreshToken, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>How long before its expiry a token is refreshed, so that it does not expire during a call.</summary>
    public static TimeSpan Early { get; } = TimeSpan.FromMinutes(5);

    public static Grant Of(KlaviyoTokens tokens) => new(tokens.AccessToken, tokens.RefreshToken, tokens.IssuedAt, tokens.ExpiresAt);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The encryption keys of the installation are
    /// missing.</exception>
    public static Grant Open(byte[] stored, SecretProtector secrets) =>
        JsonSerializer.Deserialize<Grant>(secrets.UnprotectCredential(stored))!;

    public byte[] Seal(SecretProtector secrets) => secrets.ProtectCredential(JsonSerializer.Serialize(this));

    /// <summary>Whether the access token can still be used.</summary>
    /// <param name="refused">A token that Klaviyo has refused although it has not expired.</param>
    public bool IsGood(DateTimeOffset now, string? refused) => now < ExpiresAt && AccessToken != refused;

    /// <summary>
    /// Whether the token should be refreshed: <see cref="Early"/> before its expiry, or in the last quarter of a short lifetime.
    /// </summary>
    public bool IsDue(DateTimeOffset now, string? refused)
    {
        var quarter = (ExpiresAt - IssuedAt) / 4;
        return AccessToken == refused || now >= ExpiresAt - (quarter < Early ? quarter : Early);
    }

    /// <summary>Returns a text without the tokens.</summary>
    public override string ToString() => $"grant until {ExpiresAt:u}";
}
