using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// How the framework's handler signs people in, whichever provider it speaks to: authorization code with PKCE, and nothing less than a
/// signed ID token of this very sign-in.
/// </summary>
internal static class ProviderFlow
{
    /// <summary>By how much the provider's clock may differ from ours.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Signatures with the provider's key pair only: not "none", and not HMAC, whose key a public key could be taken for.
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
        // The provider sends the browser back by a link, so the cookies need not travel with other sites' forms.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        Keep(options.CorrelationCookie, "klaviyo-export-provider.");
        Keep(options.NonceCookie, "klaviyo-export-nonce.");
        options.BackchannelTimeout = TimeSpan.FromSeconds(15);
        // Tokens with invented keys must not make us read the provider's keys without end.
        options.RefreshInterval = TimeSpan.FromMinutes(1);
        // For the ID token alone, by which the provider knows later whom to sign out.
        options.SaveTokens = true;
        options.SignOutScheme = IdentityConstants.ApplicationScheme;
        options.SignedOutRedirectUri = "/sign-in";
        // A link of any site could call it; sessions here end by our own rules.
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
    /// What the framework leaves open: an ID token that came straight from the provider may be unsigned there, and may be for others too.
    /// </summary>
    private static Task Demand(TokenValidatedContext context)
    {
        if (!Algorithms.Contains(context.SecurityToken.Header.Alg))
            context.Fail(new SecurityTokenInvalidSignatureException("The ID token is not signed with the provider's key pair."));
        // OpenID Connect Core 1.0, section 3.1.3.7: several audiences need an authorised party. The framework compares it where it is
        // there.
        else if (context.SecurityToken.Audiences.Count() > 1 && string.IsNullOrEmpty(context.SecurityToken.Payload.Azp))
            context.Fail(new SecurityTokenInvalidAudienceException("The ID token has several audiences and no authorised party."));
        return Task.CompletedTask;
    }
}
