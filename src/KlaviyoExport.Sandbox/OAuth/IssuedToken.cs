namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>A token an app was given.</summary>
/// <param name="Token">The secret itself.</param>
/// <param name="Grant">Tokens of one consent share this, and end together.</param>
/// <param name="ClientId">Whose it is.</param>
/// <param name="Account">What it opens.</param>
/// <param name="Scopes">What it may do.</param>
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
