using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>Validates the query with which an app sends a person to the authorize page.</summary>
internal static class AuthorizeRequestReader
{
    /// <summary>RFC 7636: a SHA-256 in base64url has 43 characters.</summary>
    private const int ChallengeLength = 43;

    /// <returns>The request, or an error to show when it is not safe to redirect to the app, or the address that returns the error to the
    /// app.</returns>
    public static (AuthorizeRequest? Request, string? Error, string? Redirect) Read(Func<string, string?> parameter, OAuthAppSeed? app)
    {
        if (app is null)
            return (null, "No app is registered with this client_id.", null);
        var redirect = parameter("redirect_uri");
        if (redirect is null || !app.RedirectUris.Any(registered => IsSame(registered, redirect)))
            return (null, "The redirect_uri is not one the app is registered with.", null);
        var state = parameter("state") ?? "";
        var scopes = (parameter("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var challenge = parameter("code_challenge") ?? "";
        var (error, why) =
            parameter("response_type") != "code" ? ("unsupported_response_type", "response_type must be code")
            : state.Length == 0 ? ("invalid_request", "state is missing")
            : parameter("code_challenge_method") != "S256" ? ("invalid_request", "code_challenge_method must be S256")
            : challenge.Length != ChallengeLength ? ("invalid_request", "code_challenge is not a SHA-256 in base64url")
            : !scopes.Contains(Scopes.AccountsRead) ? ("invalid_scope", "accounts:read is always needed")
            : scopes.FirstOrDefault(s => !Scopes.All.Contains(s)) is { } unknown ? ("invalid_scope", $"there is no scope {unknown}")
            : (null, null);
        return error is null
            ? (new AuthorizeRequest(app.ClientId, redirect, scopes, state, challenge), null, null)
            : (null, null, Back(redirect, state, ("error", error), ("error_description", why!)));
    }

    /// <summary>Returns the app's address with a response for it.</summary>
    public static string Back(string redirect, string state, params IEnumerable<(string Name, string Value)> answer) =>
        redirect
        + (redirect.Contains('?', StringComparison.Ordinal) ? '&' : '?')
        + string.Join('&', answer.Append(("state", state)).Select(a => $"{a.Item1}={Uri.EscapeDataString(a.Item2)}"));

    private static bool IsSame(string registered, string given)
    {
        if (registered == given)
            return true;
        return Uri.TryCreate(registered, UriKind.Absolute, out var a)
            && Uri.TryCreate(given, UriKind.Absolute, out var b)
            && a.IsLoopback
            && a.Host == b.Host
            && a.Scheme == b.Scheme
            && a.PathAndQuery == b.PathAndQuery
            && b.UserInfo.Length == 0
            && b.Fragment.Length == 0;
    }
}
