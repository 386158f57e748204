using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Keeps in the session's encrypted cookie the identity provider that the session began at, and its ID token. The ID token tells the
/// provider at sign-out whose session to end.
/// </summary>
internal static class ProviderSession
{
    private const string Provider = "provider";

    /// <summary>Returns the properties for the session's cookie.</summary>
    /// <param name="provider">The provider that the person signed in with.</param>
    /// <param name="received">The properties of the response from the provider. Only the ID token is kept.</param>
    public static AuthenticationProperties Of(SignInProvider provider, AuthenticationProperties received)
    {
        var session = new AuthenticationProperties { Items = { [Provider] = provider.Scheme } };
        if (received.GetTokenValue(OpenIdConnectParameterNames.IdToken) is { } token)
            session.StoreTokens([new AuthenticationToken { Name = OpenIdConnectParameterNames.IdToken, Value = token }]);
        return session;
    }

    /// <returns>The scheme of the provider. Null for a session that began with a password.</returns>
    public static string? SchemeOf(AuthenticationProperties? session) =>
        session is not null && session.Items.TryGetValue(Provider, out var scheme) ? scheme : null;

    /// <summary>
    /// Ends sessions that began with a password. Used when local accounts are turned off. Other sessions are validated as usual.
    /// </summary>
    public static async Task DemandAsync(CookieValidatePrincipalContext context)
    {
        if (SchemeOf(context.Properties) is not null)
        {
            await SecurityStampValidator.ValidatePrincipalAsync(context);
            return;
        }
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }
}
