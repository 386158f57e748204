using System.Security.Claims;
using System.Text.Encodings.Web;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Api.Access;

/// <summary>
/// Authenticates requests to the API by the token in the header <c>Authorization: Bearer</c>. The API accepts no cookies, so a page of
/// another site cannot use a person's session.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    ApiTokens tokens,
    RefusedTokens refused
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiToken";

    private const string Bearer = "Bearer ";

    /// <summary>Returns the program that sent the request. Null when the request has no valid token.</summary>
    public static ApiCaller? CallerOf(HttpContext context) => context.Features.Get<ApiCaller>();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.ToString() is not { } header || !header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (await tokens.FindAsync(header[Bearer.Length..].Trim(), Context.RequestAborted) is not { } caller)
            return AuthenticateResult.Fail("The token is unknown, expired or revoked.");
        caller = caller with { Actor = caller.Actor with { From = RequestAddress.Of(Context) } };
        Context.Features.Set(caller);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Actor.Id)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        using var counted = refused.Count(Context);
        if (!counted.IsAcquired)
        {
            await TooManyRequests.RespondAsync(Context, counted);
            return;
        }
        var sent = Request.Headers.Authorization.Count > 0;
        Response.Headers.WWWAuthenticate = "Bearer realm=\"Klaviyo Export\"" + (sent ? ", error=\"invalid_token\"" : "");
        await ApiProblem
            .Of(
                StatusCodes.Status401Unauthorized,
                "unauthorized",
                sent
                    ? "The token is unknown, expired or revoked. Create one under Account > API tokens."
                    : "Send an API token in the header Authorization: Bearer kex_…. Create one under Account > API tokens."
            )
            .ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => ApiProblem.NotAllowed().ExecuteAsync(Context);
}
