using System.Net;
using AngleSharp;
using AngleSharp.Dom;

namespace KlaviyoExport.Web.Tests;

/// <summary>A browser without scripts. Keeps cookies, does not follow redirects by itself, submits forms.</summary>
internal sealed class Browser : IDisposable
{
    /// <param name="cookies">Of an earlier visit; null for a new visitor.</param>
    public Browser(Uri address, CookieContainer? cookies = null)
    {
        Cookies = cookies ?? new();
        // Certificates of the tests' own.
        Http = new HttpClient(
            new HttpClientHandler
            {
                CookieContainer = Cookies,
                AllowAutoRedirect = false,
                ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
            }
        )
        {
            BaseAddress = address,
        };
    }

    public CookieContainer Cookies { get; }

    public HttpClient Http { get; }

    public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(path, TestContext.Current.CancellationToken);

    /// <summary>Opens an address and follows all redirects, also to other sites.</summary>
    public async Task<HttpResponseMessage> FollowAsync(string path)
    {
        var response = await GetAsync(path);
        for (var steps = 0; steps < 10 && response.Headers.Location is { } to; steps++)
        {
            var next = new Uri(response.RequestMessage!.RequestUri!, to);
            response.Dispose();
            response = await Http.GetAsync(next, TestContext.Current.CancellationToken);
        }
        return response;
    }

    public async Task<IDocument> ReadAsync(string path) => await ReadAsync(await GetAsync(path));

    public static async Task<IDocument> ReadAsync(HttpResponseMessage response) =>
        await BrowsingContext
            .New(Configuration.Default)
            .OpenAsync(async request => request.Content(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));

    /// <summary>Opens a page and submits one of its forms.</summary>
    /// <param name="path">Of the page.</param>
    /// <param name="form">Its handler's name, or the address it goes to.</param>
    /// <param name="fields">Besides the hidden ones.</param>
    public async Task<HttpResponseMessage> SubmitAsync(string path, string form, Dictionary<string, string> fields) =>
        await (await FillInAsync(path, form, fields))();

    /// <summary>Opens a page and fills in a form of it.</summary>
    /// <returns>A function that submits the form.</returns>
    public async Task<Func<Task<HttpResponseMessage>>> FillInAsync(string path, string form, Dictionary<string, string> fields)
    {
        var page = await ReadAsync(path);
        var element = page.QuerySelectorAll("form")
            .Single(candidate =>
                candidate.GetAttribute("action") == form || candidate.QuerySelector("[name=_handler]")?.GetAttribute("value") == form
            );
        foreach (var hidden in element.QuerySelectorAll("input[type=hidden]"))
            fields.TryAdd(hidden.GetAttribute("name")!, hidden.GetAttribute("value")!);
        return () =>
            Http.PostAsync(
                element.GetAttribute("action") is { Length: > 0 } action ? action : path,
                new FormUrlEncodedContent(fields),
                TestContext.Current.CancellationToken
            );
    }

    public void Dispose() => Http.Dispose();
}
