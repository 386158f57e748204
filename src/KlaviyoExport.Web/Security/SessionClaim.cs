using System.Security.Claims;
using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.Web.Security;

/// <summary>The claim of the sign-in cookie that names the session in the store.</summary>
internal static class SessionClaim
{
    private const string Type = "session";

    public static string? Of(ClaimsPrincipal principal) => principal.FindFirstValue(Type);

    public static Claim For(string session) => new(Type, session);

    /// <summary>Reads what the cookie says about the session. Null when no one is signed in.</summary>
    public static ClaimedSession? Read(ClaimsPrincipal principal, IdentityOptions options) =>
        principal.Identity?.IsAuthenticated == true
        && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
        && principal.FindFirstValue(options.ClaimsIdentity.SecurityStampClaimType) is { } stamp
        && Of(principal) is { } session
            ? new ClaimedSession(id, stamp, session)
            : null;

    /// <summary>Keeps the session when Identity renews the claims of the cookie.</summary>
    public static Task KeepAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context is { CurrentPrincipal: { } current, NewPrincipal.Identity: ClaimsIdentity renewed } && Of(current) is { } session)
            renewed.AddClaim(For(session));
        return Task.CompletedTask;
    }
}

/// <summary>What a cookie says about its session. The store knows whether it is still true.</summary>
internal sealed record ClaimedSession(string UserId, string Stamp, string Session);
