using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>Identifies the sender of a request.</summary>
internal static class Credentials
{
    private const string KeyScheme = "Klaviyo-API-Key ";
    private const string TokenScheme = "Bearer ";

    /// <exception cref="Refusal">Status 401 when the sender is unknown.</exception>
    public static Credential Find(HttpRequest request, SandboxState state)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
            throw new Refusal(
                new ApiError(
                    401,
                    "not_authenticated",
                    "Authentication credentials were not provided.",
                    "Missing or invalid authorization scheme. Use Klaviyo-API-Key or Bearer."
                )
                {
                    Pointer = "/data/",
                }
            );
        return (
                header.StartsWith(KeyScheme, StringComparison.Ordinal) ? state.ByKey(header[KeyScheme.Length..])
                : header.StartsWith(TokenScheme, StringComparison.OrdinalIgnoreCase) ? ByToken(header[TokenScheme.Length..], state)
                : null
            )
            ?? throw new Refusal(
                new ApiError(
                    401,
                    "authentication_failed",
                    "Incorrect authentication credentials.",
                    "The API key or access token is not valid, has expired or was revoked."
                )
                {
                    Pointer = "/data/",
                }
            );
    }

    private static Credential? ByToken(string token, SandboxState state)
    {
        if (state.OAuth.ByAccessToken(token) is not { } issued || state.OAuth.App(issued.ClientId) is not { } app)
            return null;
        return new Credential(
            state.Accounts[issued.Account],
            issued.Scopes,
            $"{issued.Account} through {app.ClientId}",
            $"{state.Accounts[issued.Account].Seed.OrganizationName}, app {app.Name}"
        );
    }
}
