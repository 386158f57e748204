namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>A token that was issued to an app.</summary>
/// <param name="Token">The secret itself.</param>
/// <param name="Grant">Identifies the consent. Its tokens are revoked together.</param>
/// <param name="ClientId">The app.</param>
/// <param name="Account">The account.</param>
/// <param name="Scopes">The granted scopes.</param>
/// <param name="Expires">Null for a refresh token.</param>
internal sealed record IssuedToken(
    string Token,
    string Grant,
    string ClientId,
    string Account,
    IReadOnlyList<string> Scopes,
    DateTimeOffset? Expires
)
{
    /// <summary>Of a refresh token: until when it may be used.</summary>
    public DateTimeOffset? RefreshableUntil { get; init; }
}
