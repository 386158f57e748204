using System.Net;
using AngleSharp.Dom;
using KlaviyoExport.People;
using KlaviyoExport.Web.Tests.Security;

namespace KlaviyoExport.Web.Tests.Pages.Help;

/// <summary>The help site, as each reader sees it.</summary>
public sealed class HelpSiteTests(RouteTests.Signed signed) : IClassFixture<RouteTests.Signed>
{
    private readonly Dictionary<string, IDocument> _pages = [];

    [Theory]
    [InlineData("en")]
    [InlineData("sr-Cyrl")]
    [InlineData("ca")]
    public async Task Every_link_and_picture_leads_to_something(string language)
    {
        using var reader = await ReaderAsync(language);
        var waiting = new Queue<string>(["help"]);
        var links = new List<(string From, string Address)>();
        var pictures = new HashSet<string>();
        while (waiting.TryDequeue(out var address))
        {
            var page = await reader.ReadAsync(address);
            _pages.Add(address, page);
            pictures.UnionWith(page.QuerySelectorAll("main img").Select(picture => picture.GetAttribute("src")!));
            foreach (var link in page.QuerySelectorAll("main a").Select(link => link.GetAttribute("href")!).Where(IsPage))
            {
                links.Add((address, link));
                var target = link.Split('#')[0];
                if (!_pages.ContainsKey(target) && !waiting.Contains(target))
                    waiting.Enqueue(target);
            }
        }

        Assert.Contains("help/sources/files", _pages.Keys);
        Assert.All(links, link => AssertLeadsSomewhere(link.From, link.Address));
        Assert.NotEmpty(pictures);
        foreach (var picture in pictures)
            await AssertIsPictureAsync(reader, picture);
    }

    [Fact]
    public async Task An_id_is_in_a_page_once()
    {
        using var reader = await ReaderAsync("en");
        foreach (var address in (await reader.ReadAsync("help")).QuerySelectorAll("main a").Select(link => link.GetAttribute("href")!))
        {
            var ids = (await reader.ReadAsync(address)).QuerySelectorAll("[id]").Select(element => element.Id).ToList();
            Assert.Equal(ids.Distinct(), ids);
        }
    }

    [Theory]
    [InlineData("en", "help/operator", "en", false)]
    [InlineData("sr-Cyrl", "help/operator", "sr-Cyrl", false)]
    [InlineData("ca", "help/operator", "ca", false)]
    [InlineData("en", "help/operations", "en", false)]
    [InlineData("sr-Cyrl", "help/operations", "en", true)]
    [InlineData("ca", "help/operations", "en", true)]
    public async Task A_page_is_in_the_readers_language_or_says_that_it_is_in_English(
        string language,
        string address,
        string shown,
        bool isExcused
    )
    {
        using var reader = await ReaderAsync(language);
        var page = await reader.ReadAsync(address);

        Assert.Equal(shown, page.QuerySelector("main article")!.GetAttribute("lang"));
        Assert.Equal(shown, page.QuerySelector("main h1")!.GetAttribute("lang"));
        Assert.Equal(isExcused ? 1 : 0, page.QuerySelectorAll("main .help-main > .hint").Length);
    }

    [Theory]
    [InlineData("help/no-such-page")]
    [InlineData("help/decisions/README")]
    [InlineData("help/guides/operator")]
    [InlineData("help/pictures/no-such-picture.png")]
    [InlineData("help/pictures/operations.md")]
    public async Task Anything_else_is_not_found(string address)
    {
        using var response = await signed.BrowserOf(Role.Viewer).GetAsync(address);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("Page not found", (await Browser.ReadAsync(response)).QuerySelector("h1")!.TextContent);
    }

    private static bool IsPage(string link) =>
        !link.StartsWith("http", StringComparison.Ordinal) && !link.StartsWith("help/pictures/", StringComparison.Ordinal);

    private void AssertLeadsSomewhere(string from, string link)
    {
        var (address, anchor) = link.Split('#') is [var path, var name] ? (path, name) : (link, null);
        var target = _pages[address];
        Assert.True(
            target.QuerySelector("main .help-text, main .help-cards") is not null,
            $"{from} links to {link}, which does not exist."
        );
        Assert.True(
            anchor is null || target.GetElementById(Uri.UnescapeDataString(anchor)) is not null,
            $"{from} links to {link}, which has no such heading."
        );
    }

    private static async Task AssertIsPictureAsync(Browser reader, string address)
    {
        using var response = await reader.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            address.Contains(".svg", StringComparison.Ordinal) ? "image/svg+xml" : "image/png",
            response.Content.Headers.ContentType!.MediaType
        );
        Assert.True(response.Headers.CacheControl is { Private: true, MaxAge.Days: 365 });

        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { response.Headers.ETag! } } };
        using var unchanged = await reader.Http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    private async Task<Browser> ReaderAsync(string language)
    {
        var reader = await signed.App.SignInAsync(Role.Viewer);
        reader.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        return reader;
    }
}
