namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>What Klaviyo gives an app that a person has let into an account.</summary>
/// <param name="AccessToken">Signs calls until <paramref name="ExpiresAt"/>.</param>
/// <param name="RefreshToken">Good for the next pair; may be good only once.</param>
/// <param name="IssuedAt">By this machine's clock, before the tokens were asked for.</param>
/// <param name="Scopes">What the tokens allow.</param>
public sealed record KlaviyoTokens(
    string AccessToken,
    string RefreshToken,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<string> Scopes
)
{
    /// <summary>Without the tokens.</summary>
    public override string ToString() => $"tokens until {ExpiresAt:u} for {string.Join(' ', Scopes)}";
}
