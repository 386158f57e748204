using System.Net;
using System.Web;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Web.Demo;

/// <summary>
/// Grants this application access to the sandbox account, as a person does on the sandbox's consent page. The demo connection therefore has
/// a real OAuth grant.
/// </summary>
internal static class DemoPerson
{
    /// <summary>Submits the consent page of the sandbox.</summary>
    /// <param name="signInPage">The address of the sandbox's authorization page, with its parameters.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The query parameters of the redirect back to the application.</returns>
    /// <exception cref="HttpRequestException">The sandbox did not redirect back to the application.</exception>
    public static async Task<(string? State, string? Code, string? Error)> AllowAsync(Uri signInPage, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var asked = HttpUtility.ParseQueryString(signInPage.Query);
        var form = asked
            .AllKeys.OfType<string>()
            .Select(name => KeyValuePair.Create(name, asked[name]!))
            .Append(KeyValuePair.Create("account", PracticeStore.Id))
            .Append(KeyValuePair.Create("decision", "allow"));
        using var content = new FormUrlEncodedContent(form);
        using var answer = await http.PostAsync(new Uri(signInPage.GetLeftPart(UriPartial.Path)), content, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.Redirect || answer.Headers.Location is not { } back)
            throw new HttpRequestException(
                $"The sandbox did not redirect the person back: {(int)answer.StatusCode}.",
                null,
                answer.StatusCode
            );
        var brought = HttpUtility.ParseQueryString(back.Query);
        return (brought["state"], brought["code"], brought["error"]);
    }
}
