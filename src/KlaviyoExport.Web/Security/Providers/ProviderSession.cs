using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// What a session remembers, in its encrypted cookie, of the provider it began at: which one, and the ID token, by which the provider knows
/// whom to sign out.
/// </summary>
internal static class ProviderSession
{
    private const string Provider = "provider";

    /// <param name="received">Of the return from the provider. Its other tokens are not kept: nothing here uses them.</param>
    public static AuthenticationProperties Of(SignInProvider provider, AuthenticationProperties received)
    {
        var session = new AuthenticationProperties { Items = { [Provider] = provider.Scheme } };
        if (received.GetTokenValue(OpenIdConnectParameterNames.IdToken) is { } token)
            session.StoreTokens([new AuthenticationToken { Name = OpenIdConnectParameterNames.IdToken, Value = token }]);
        return session;
    }

    /// <returns>The scheme of the provider; null for a session that began with a password.</returns>
    public static string? SchemeOf(AuthenticationProperties? session) =>
        session is not null && session.Items.TryGetValue(Provider, out var scheme) ? scheme : null;

    /// <summary>Where local accounts are off: a session that began with a password has ended. The others are checked as usual.</summary>
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
