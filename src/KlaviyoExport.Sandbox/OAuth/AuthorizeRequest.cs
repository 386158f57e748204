namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>What an app asks a person to agree to.</summary>
internal sealed record AuthorizeRequest(
    string ClientId,
    string RedirectUri,
    IReadOnlyList<string> Scopes,
    string State,
    string CodeChallenge
);
