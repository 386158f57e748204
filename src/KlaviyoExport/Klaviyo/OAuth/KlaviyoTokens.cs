namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>The tokens that Klaviyo issues when a person has granted the app access to an account.</summary>
/// <param name="AccessToken">Authenticates calls until <paramref name="ExpiresAt"/>.</param>
/// <param name="RefreshToken">Is exchanged for the next tokens. Klaviyo may accept it only once.</param>
/// <param name="IssuedAt">The time of the request for the tokens, by the clock of this server.</param>
/// <param name="ExpiresAt">The end of the access token's lifetime, by the clock of this server.</param>
/// <param name="Scopes">The scopes that the tokens grant.</param>
public sealed record KlaviyoTokens(
    string AccessToken,
    string RefreshToken,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<string> Scopes
)
{
    /// <summary>Returns the expiry and the scopes, without the tokens.</summary>
    public override string ToString() => $"tokens until {ExpiresAt:u} for {string.Join(' ', Scopes)}";
}
