using KlaviyoExport.People.Tokens;

namespace KlaviyoExport.Web.Api.Access;

/// <summary>The scope that an endpoint needs.</summary>
internal sealed record NeedsScope(ApiScopes Scope);

internal static class ScopeFilter
{
    /// <summary>
    /// Refuses tokens without the scope. The role of the token is checked by the services, with the same rules as for the pages.
    /// </summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, ApiScopes scope) =>
        endpoint
            .WithMetadata(new NeedsScope(scope))
            .AddEndpointFilter(
                (context, next) =>
                    TokenAuthentication.CallerOf(context.HttpContext) is { } caller && (caller.Scopes & scope) == scope
                        ? next(context)
                        : ValueTask.FromResult<object?>(
                            ApiProblem.Of(
                                StatusCodes.Status403Forbidden,
                                "missing-scope",
                                $"The token lacks the scope {scope}. Create a token with this scope."
                            )
                        )
            );
}
