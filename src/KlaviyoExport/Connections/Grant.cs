using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo.OAuth;

namespace KlaviyoExport.Connections;

/// <summary>The OAuth tokens of a Klaviyo account, as they are kept: encrypted, in one column.</summary>
internal sealed record Grant(string AccessToken, string RefreshToken, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>How long before its end a token is replaced: a call under way must not outlive it.</summary>
    public static TimeSpan Early { get; } = TimeSpan.FromMinutes(5);

    public static Grant Of(KlaviyoTokens tokens) => new(tokens.AccessToken, tokens.RefreshToken, tokens.IssuedAt, tokens.ExpiresAt);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The encryption keys of the installation are gone.</exception>
    public static Grant Open(byte[] stored, SecretProtector secrets) =>
        JsonSerializer.Deserialize<Grant>(secrets.UnprotectCredential(stored))!;

    public byte[] Seal(SecretProtector secrets) => secrets.ProtectCredential(JsonSerializer.Serialize(this));

    /// <summary>Whether calls may still be signed with it.</summary>
    /// <param name="refused">A token Klaviyo has refused before its time.</param>
    public bool IsGood(DateTimeOffset now, string? refused) => now < ExpiresAt && AccessToken != refused;

    /// <summary>Whether it is time for the next: <see cref="Early"/>, or with tokens of short life in their last quarter.</summary>
    public bool IsDue(DateTimeOffset now, string? refused)
    {
        var quarter = (ExpiresAt - IssuedAt) / 4;
        return AccessToken == refused || now >= ExpiresAt - (quarter < Early ? quarter : Early);
    }

    /// <summary>Without the tokens.</summary>
    public override string ToString() => $"grant until {ExpiresAt:u}";
}
