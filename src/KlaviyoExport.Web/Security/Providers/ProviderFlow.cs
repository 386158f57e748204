using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Configures the framework's OpenID Connect handler, for all identity providers: authorization code flow with PKCE. A sign-in requires an
/// ID token that is signed with the provider's key pair and belongs to this sign-in.
/// </summary>
internal static class ProviderFlow
{
    /// <summary>The maximum difference between the provider's clock and the clock of this server.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The accepted signature algorithms. All use a key pair. "none" is excluded, and so is HMAC: an attacker could sign with the
    /// provider's public key as the HMAC key.
    /// </summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    public static void Configure(OpenIdConnectOptions options, RoleMapping roles)
    {
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.UsePkce = true;
        // The browser returns from the provider with a GET request. The cookies therefore need not be sent with forms of other sites
        // (SameSite=None).
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        Keep(options.CorrelationCookie, "klaviyo-export-provider.");
        Keep(options.NonceCookie, "klaviyo-export-nonce.");
        options.BackchannelTimeout = TimeSpan.FromSeconds(15);
        // Tokens with unknown keys cause a reload of the provider's keys. This limits how often an attacker can cause one.
        options.RefreshInterval = TimeSpan.FromMinutes(1);
        // Only the ID token is used: it tells the provider at sign-out whose session to end.
        options.SaveTokens = true;
        options.SignOutScheme = IdentityConstants.ApplicationScheme;
        options.SignedOutRedirectUri = "/sign-in";
        // Turn remote sign-out off: a link on any site could call it.
        options.RemoteSignOutPath = PathString.Empty;

        options.MapInboundClaims = false;
        options.ClaimActions.Remove("iss");
        foreach (var claim in roles.Claims.Append("email_verified"))
            options.ClaimActions.MapJsonKey(claim, claim);
        options.TokenValidationParameters.ValidAlgorithms = Algorithms;
        options.TokenValidationParameters.ClockSkew = Skew;

        options.Events.OnTokenValidated += Demand;
        options.Events.OnTicketReceived = context =>
            context.HttpContext.RequestServices.GetRequiredService<ProviderSignIn>().CompleteAsync(context);
        options.Events.OnRemoteFailure = context =>
            context.HttpContext.RequestServices.GetRequiredService<ProviderSignIn>().FailAsync(context);
    }

    private static void Keep(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    }

    /// <summary>
    /// Adds checks that the framework leaves out: it accepts an unsigned ID token from the token endpoint, and one with further audiences.
    /// </summary>
    private static Task Demand(TokenValidatedContext context)
    {
        if (!Algorithms.Contains(context.SecurityToken.Header.Alg))
            context.Fail(new SecurityTokenInvalidSignatureException("The ID token is not signed with the provider's key pair."));
        // A token with several audiences must name the authorised party (OpenID Connect Core 1.0, section 3.1.3.7). The framework only
        // compares the authorised party when the token names one.
        else if (context.SecurityToken.Audiences.Count() > 1 && string.IsNullOrEmpty(context.SecurityToken.Payload.Azp))
            context.Fail(new SecurityTokenInvalidAudienceException("The ID token has several audiences and no authorized party."));
        return Task.CompletedTask;
    }
}
