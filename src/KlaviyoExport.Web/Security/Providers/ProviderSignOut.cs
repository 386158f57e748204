using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>Signs a person out at the identity provider (OpenID Connect RP-Initiated Logout 1.0).</summary>
internal sealed class ProviderSignOut(
    SignInProviders providers,
    IOptionsMonitor<OpenIdConnectOptions> options,
    ILogger<ProviderSignOut> logger
)
{
    /// <summary>Returns the sign-out address at the provider. Call this before the session ends.</summary>
    /// <returns>
    /// The provider, and the address there that ends its session and leads back here. Null when the session began with a password, when
    /// the provider has no such address, and when it cannot be reached.
    /// </returns>
    public async Task<(SignInProvider Provider, string Address)?> AddressAsync(HttpContext context)
    {
        var session = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (
            providers.Find(ProviderSession.SchemeOf(session.Properties)) is not { } provider
            || !await CanAsync(provider, context.RequestAborted)
        )
            return null;
        // The handler responds with a redirect, but the content security policy forbids that a form leads to another site. Take the address
        // from the redirect, so that a page can lead there instead.
        await context.SignOutAsync(
            provider.Scheme,
            new AuthenticationProperties { RedirectUri = LocalUrl.Of(context.Request.PathBase, "sign-in") }
        );
        var address = context.Response.Headers.Location.ToString();
        context.Response.Headers.Remove("Location");
        context.Response.StatusCode = StatusCodes.Status200OK;
        return (provider, address);
    }

    private async Task<bool> CanAsync(SignInProvider provider, CancellationToken cancellationToken)
    {
        try
        {
            return (await options.Get(provider.Scheme).ConfigurationManager!.GetConfigurationAsync(cancellationToken)).EndSessionEndpoint
                is { Length: > 0 };
        }
        catch (Exception exception) when (ProviderFaults.IsUnreachable(exception) && !cancellationToken.IsCancellationRequested)
        {
            Log.ProviderFailed(logger, exception);
            return false;
        }
    }
}
