using System.Net;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Pages;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Tests.Sandbox.Pages;

public sealed class PageTests : IAsyncLifetime
{
    private SandboxServer _server = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(new SandboxOptions { Url = "http://127.0.0.1:0", Clock = new TestClock() }, Cancellation);
        _client = new HttpClient { BaseAddress = _server.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_first_page_shows_accounts_keys_and_lists_with_their_sizes()
    {
        var page = await Page("/");
        foreach (
            var text in (string[])["Practice Store", "Second Store", PracticeStore.ReadOnlyKey, "Newsletter (double opt-in)", "Продавница"]
        )
            Assert.Contains(text, page);
    }

    [Fact]
    public async Task The_page_of_a_list_shows_its_members_fifty_at_a_time()
    {
        _server.State.AddProfiles(
            Imports.Emails(120).Select(e => new ProfileSeed(e, "Ана", "Ć", SandboxConsent.NeverSubscribed, PracticeStore.WinBack))
        );
        var path = $"/lists/{PracticeStore.Id}/{PracticeStore.WinBack}";
        var pages = await Task.WhenAll(Enumerable.Range(1, 3).Select(n => Page($"{path}?page={n}")));
        Assert.Contains("<strong>120</strong>", pages[0]);
        Assert.Equal([50, 50, 20], pages.Select(p => p.Split("@example.org").Length - 1));
        Assert.All(Imports.Emails(120), e => Assert.Single(pages, p => p.Contains($">{e}<", StringComparison.Ordinal)));
        Assert.Contains("page=2", pages[0]);
        Assert.Equal(pages[2], await Page($"{path}?page=99"));
    }

    [Fact]
    public async Task Members_can_be_searched()
    {
        _server.State.AddProfiles([
            new("ana@example.org", "Ана", "Петровић", SandboxConsent.NeverSubscribed, PracticeStore.WinBack),
            new("bo@example.org", "Bo", "Ć", SandboxConsent.NeverSubscribed, PracticeStore.WinBack),
        ]);
        var found = await Page($"/lists/{PracticeStore.Id}/{PracticeStore.WinBack}?q={Uri.EscapeDataString("петров")}");
        Assert.Contains("ana@example.org", found);
        Assert.DoesNotContain("bo@example.org", found);
        Assert.Contains("Nobody on this list matches.", await Page($"/lists/{PracticeStore.Id}/{PracticeStore.WinBack}?q=zzz"));
    }

    [Fact]
    public async Task Names_of_people_are_shown_as_text_and_never_as_markup()
    {
        _server.State.AddProfiles([
            new("x@example.org", "<script>alert(1)</script>", "\"><img src=x>", SandboxConsent.NeverSubscribed, PracticeStore.WinBack),
        ]);
        var page =
            await Page($"/lists/{PracticeStore.Id}/{PracticeStore.WinBack}?q={Uri.EscapeDataString("\"><script>")}")
            + await Page($"/lists/{PracticeStore.Id}/{PracticeStore.WinBack}");
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("<img", page);
        Assert.Contains("&lt;script&gt;alert(1)", page);
    }

    [Theory]
    [InlineData("/lists/Pract1/none")]
    [InlineData("/lists/none/none")]
    [InlineData("/jobs/Pract1/none")]
    [InlineData("/lists/Pract1/%3Cscript%3E")]
    public async Task The_page_of_an_unknown_item_says_so(string path)
    {
        using var answer = await _client.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Jobs_are_shown_with_their_counts_and_errors()
    {
        await using var session = await SandboxSession.Start();
        var id = await session.Deliver(PracticeStore.WinBack, "a@example.org", "b@async-fail.example");
        using var browser = new HttpClient { BaseAddress = session.Server.BaseAddress };
        Assert.Contains(id, await browser.GetStringAsync("/jobs", Cancellation));
        var page = await browser.GetStringAsync($"/jobs/{PracticeStore.Id}/{id}", Cancellation);
        Assert.Contains("2 profiles, 1 completed, 1 failed", page);
        Assert.Contains("b@async-fail.example", page);
        Assert.Contains("/api/profile-bulk-import-jobs", await browser.GetStringAsync("/requests", Cancellation));
    }

    [Fact]
    public async Task Pages_run_no_script_and_cannot_be_framed()
    {
        using var answer = await _client.GetAsync("/", Cancellation);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
    }

    [Fact]
    public void An_interpolated_value_is_encoded_unless_it_is_html() =>
        Assert.Equal("<p>&lt;b&gt; <i>&amp;</i> Ж 12,345</p>", Html.Of($"<p>{"<b>"} {Html.Of($"<i>{"&"}</i>")} {"Ж"} {12345}</p>").Text);

    private Task<string> Page(string path) => _client.GetStringAsync(path, Cancellation);
}
