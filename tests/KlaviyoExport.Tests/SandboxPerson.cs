using System.Net;
using System.Web;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests;

/// <summary>A person at the sandbox's authorize page, over HTTP.</summary>
internal static class SandboxPerson
{
    /// <returns>The query of the redirect.</returns>
    public static async Task<Decision> DecideAsync(Uri page, string decision = "allow", string account = PracticeStore.Id)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var cancellationToken = TestContext.Current.CancellationToken;
        using var shown = await http.GetAsync(page, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        var asked = HttpUtility.ParseQueryString(page.Query);
        var form = asked.AllKeys.ToDictionary(name => name!, name => asked[name]!);
        (form["account"], form["decision"]) = (account, decision);
        using var answer = await http.PostAsync(
            new Uri(page.GetLeftPart(UriPartial.Path)),
            new FormUrlEncodedContent(form),
            cancellationToken
        );
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var back = HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
        return new Decision(back["state"], back["code"], back["error"]);
    }
}

internal sealed record Decision(string? State, string? Code, string? Error);
