using KlaviyoExport.Sandbox.Pages;

namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>
/// The page on which a person grants an app access to an account. There are no passwords: everyone who can reach this machine may agree.
/// </summary>
internal static class AuthorizePage
{
    private static readonly string[] Carried =
    [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    ];

    public static Task Show(HttpContext http, SandboxState state)
    {
        string? Parameter(string name) => http.Request.Query[name];
        var app = state.OAuth.App(Parameter("client_id"));
        var (request, error, redirect) = AuthorizeRequestReader.Read(Parameter, app);
        if (request is null)
            return Refuse(http, error, redirect);
        var accounts = state
            .Overview()
            .Select(
                (a, i) =>
                    Html.Of(
                        $"""
                        <label class="choice"><input type="radio" name="account" value="{a.Id}"{Html.Raw(
                            i == 0 ? " checked" : ""
                        )}> {a.Name} <code>{a.Id}</code></label>
                        """
                    )
            );
        return Layout.Send(
            http,
            $"Let {app!.Name} in",
            Html.Of(
                $"""
                <form method="post" action="/oauth/authorize" class="card narrow">
                <p><strong>{app.Name}</strong> asks for access to an account of the sandbox Klaviyo:</p>
                <ul>{request.Scopes.Select(s => Html.Of($"<li><code>{s}</code></li>"))}</ul>
                <fieldset><legend>Sign in as</legend>{accounts}</fieldset>
                {Carried.Select(name => Html.Of($"<input type=\"hidden\" name=\"{name}\" value=\"{Parameter(name)}\">"))}
                <p class="buttons"><button name="decision" value="allow">Allow</button>
                <button name="decision" value="deny" class="plain">Deny</button></p>
                </form>
                """
            )
        );
    }

    public static async Task Decide(HttpContext http, SandboxState state)
    {
        if (!http.Request.HasFormContentType)
        {
            await Refuse(http, "The decision must be sent from the form.", null);
            return;
        }
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (request, error, redirect) = AuthorizeRequestReader.Read(name => form[name], state.OAuth.App(form["client_id"]));
        if (request is null)
        {
            await Refuse(http, error, redirect);
            return;
        }
        if (form["decision"] != "allow")
            redirect = AuthorizeRequestReader.Back(request.RedirectUri, request.State, ("error", "access_denied"));
        else
            lock (state.Gate)
            {
                if (form["account"] is [{ } account] && state.Accounts.ContainsKey(account))
                    redirect = AuthorizeRequestReader.Back(
                        request.RedirectUri,
                        request.State,
                        ("code", state.OAuth.IssueCode(request, account))
                    );
                else
                    error = "Choose an account.";
            }
        if (redirect is null)
            await Refuse(http, error, null);
        else
            http.Response.Redirect(redirect);
    }

    private static Task Refuse(HttpContext http, string? error, string? redirect)
    {
        if (redirect is not null)
        {
            http.Response.Redirect(redirect);
            return Task.CompletedTask;
        }
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Layout.Send(http, "This request cannot be granted", Html.Of($"<p class=\"card narrow\">{error}</p>"));
    }
}
