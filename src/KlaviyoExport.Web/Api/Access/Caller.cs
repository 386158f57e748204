using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;

namespace KlaviyoExport.Web.Api.Access;

/// <summary>The program that sent the request, as a parameter of an endpoint.</summary>
internal sealed record Caller(ApiCaller Token)
{
    /// <summary>The owner of the token, with the role of the token.</summary>
    public Actor Actor => Token.Actor;

    public bool Has(ApiScopes scope) => (Token.Scopes & scope) == scope;

    public static ValueTask<Caller?> BindAsync(HttpContext context) =>
        ValueTask.FromResult(TokenAuthentication.CallerOf(context) is { } token ? new Caller(token) : null);
}
