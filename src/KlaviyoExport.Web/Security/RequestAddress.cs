using System.Security.Claims;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Adds the network address of the browser to the person of each request, for the audit. The address becomes a claim of the request only:
/// pages get it with the authentication state, also in a circuit, and it is not written to the cookie.
/// </summary>
internal static class RequestAddress
{
    private const string ClaimType = "klaviyo-export:address";

    /// <summary>Place it after the authorization, which may replace the person of the request.</summary>
    public static void UseRequestAddress(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                // An identity without an authentication type counts nowhere as a sign-in.
                if (context.User.Identity?.IsAuthenticated == true && Of(context) is { } address)
                    context.User.AddIdentity(new ClaimsIdentity([new Claim(ClaimType, address)]));
                return next(context);
            }
        );

    /// <summary>Returns the address of the person's request. Null when it is not known.</summary>
    public static string? Of(ClaimsPrincipal person) => person.FindFirstValue(ClaimType);

    /// <summary>Returns the address that sent a request, as the proxy reports it. Null for a Unix socket and without a request.</summary>
    public static string? Of(HttpContext? context) =>
        context?.Connection.RemoteIpAddress is not { } address ? null
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString()
        : address.ToString();
}
