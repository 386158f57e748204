using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Api.Access;
using ModelContextProtocol;

namespace KlaviyoExport.Web.Mcp;

/// <summary>The token of the assistant's request.</summary>
internal static class McpCaller
{
    /// <summary>Returns the owner of the token, with the role of the token.</summary>
    /// <exception cref="McpException">The token lacks the scope.</exception>
    public static Actor Demand(IHttpContextAccessor requests, ApiScopes scope) =>
        CallerOf(requests) is { } caller && caller.Scopes.HasFlag(scope)
            ? caller.Actor
            : throw new McpException($"The token lacks the scope {scope}.");

    public static bool Has(IServiceProvider? services, ApiScopes scope) =>
        services?.GetService<IHttpContextAccessor>() is { } requests && CallerOf(requests)?.Scopes.HasFlag(scope) == true;

    /// <summary>Executes a tool. What a person could mend becomes the message of the error that the assistant sees.</summary>
    /// <exception cref="McpException">The service refused the request.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (LocalizedException refused)
        {
            throw new McpException(refused.LocalizedMessage.ForReader());
        }
    }

    private static ApiCaller? CallerOf(IHttpContextAccessor requests) =>
        requests.HttpContext is { } context ? TokenAuthentication.CallerOf(context) : null;
}
