using System.Net;
using System.Web;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Web.Demo;

/// <summary>
/// Plays the person at the practice Klaviyo's page who lets this application into the practice account, so that the demonstration's
/// connection begins with a real grant.
/// </summary>
internal static class DemoPerson
{
    /// <param name="signInPage">Where Klaviyo's sign-in begins.</param>
    /// <returns>What the practice Klaviyo sends back with the person.</returns>
    /// <exception cref="HttpRequestException">The practice Klaviyo did not send the person back.</exception>
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
                $"The practice Klaviyo did not send the person back: {(int)answer.StatusCode}.",
                null,
                answer.StatusCode
            );
        var brought = HttpUtility.ParseQueryString(back.Query);
        return (brought["state"], brought["code"], brought["error"]);
    }
}
