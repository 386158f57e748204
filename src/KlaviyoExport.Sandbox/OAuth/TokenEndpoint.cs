using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.Hosting;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.Requests;

namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>Issues tokens for codes and refresh tokens, and revokes them.</summary>
internal sealed class TokenEndpoint(SandboxState state, SandboxOptions options)
{
    public Task Token(HttpContext http) => Run(http, Token);

    public Task Revoke(HttpContext http) =>
        Run(
            http,
            (app, form) =>
            {
                state.OAuth.Revoke(app, form["token"]);
                return new Answer(200, default);
            }
        );

    private async Task Run(HttpContext http, Func<OAuthAppSeed, IFormCollection, Answer> answer)
    {
        var (start, at, app) = (Stopwatch.GetTimestamp(), state.Now, App(http.Request));
        var latency = new Latency(state);
        var faults = state.Faults.Take(null, http.Request.Method, http.Request.Path.Value!, http.Request.QueryString.Value ?? "");
        Answer? given = null;
        if (await FaultyRequest.Pass(http, faults, state.Clock))
            given = FaultyRequest.Answer(faults) ?? await Answered(http, app, answer);
        await latency.Pass(http);
        http.Response.Headers.CacheControl = "no-store";
        var sent = given is not null && await FaultyAnswer.Send(http, given, faults, null);
        state.Log.Add(
            new RequestEntry(
                at,
                http.Request.Method,
                http.Request.Path,
                sent ? given!.Status : 0,
                null,
                Stopwatch.GetElapsedTime(start),
                app is null ? null : $"App {app.Name}",
                string.Join(", ", faults.Select(f => f.Kind))
            )
        );
    }

    private async Task<Answer> Answered(HttpContext http, OAuthAppSeed? app, Func<OAuthAppSeed, IFormCollection, Answer> answer)
    {
        if (app is null)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"oauth\"";
            return Error(401, "invalid_client", "Sign in with HTTP Basic: client id and secret.");
        }
        if (!http.Request.HasFormContentType)
            return Error(400, "invalid_request", "Send the parameters as a form.");
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        lock (state.Gate)
        {
            var given = answer(app, form);
            state.Journal.Commit();
            return given;
        }
    }

    private Answer Token(OAuthAppSeed app, IFormCollection form)
    {
        (IssuedToken Access, IssuedToken Refresh)? tokens;
        if (form["grant_type"] == "authorization_code")
            tokens = state.OAuth.Exchange(app, form["code"], form["redirect_uri"], form["code_verifier"]);
        else if (form["grant_type"] == "refresh_token")
            tokens = state.OAuth.Refresh(app, form["refresh_token"]);
        else
            return Error(400, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token.");
        if (tokens is not { } given)
            return Error(400, "invalid_grant", "The code or token is unknown, used, expired or not for this app, address or verifier.");
        return Answer.Json(
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("access_token", given.Access.Token);
                json.WriteString("token_type", "Bearer");
                json.WriteNumber("expires_in", (long)options.AccessTokenLifetime.TotalSeconds);
                json.WriteString("refresh_token", given.Refresh.Token);
                json.WriteString("scope", string.Join(' ', given.Access.Scopes));
                json.WriteEndObject();
            }
        ) with
        {
            ContentType = "application/json",
        };
    }

    private OAuthAppSeed? App(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var buffer = new byte[header.Length];
        if (
            !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(header[6..], buffer, out var length)
        )
            return null;
        var parts = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return
            parts.Length == 2
            && state.OAuth.App(Uri.UnescapeDataString(parts[0])) is { } app
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(app.ClientSecret),
                Encoding.UTF8.GetBytes(Uri.UnescapeDataString(parts[1]))
            )
            ? app
            : null;
    }

    private static Answer Error(int status, string error, string description) =>
        Answer.Json(
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("error", error);
                json.WriteString("error_description", description);
                json.WriteEndObject();
            }
        ) with
        {
            ContentType = "application/json",
        };
}
