using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Setup;

[Trait(Needs.Trait, Needs.Time)]
public sealed class FirstStartTests : IAsyncLifetime
{
    private TestApp _app = default!;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/connections")]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/no/such/page")]
    public async Task Every_page_is_closed_before_the_first_administrator_exists(string path)
    {
        using var browser = _app.Open();
        using var response = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("console", (await Browser.ReadAsync(response)).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/exports")]
    [InlineData("/api/v1/no/such/thing")]
    public async Task A_program_gets_a_problem_before_the_first_administrator_exists(string path)
    {
        using var browser = _app.Open();
        using var response = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("not-set-up", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_printed_link_creates_an_administrator_who_is_signed_in()
    {
        using var browser = _app.Open();
        using var response = await CreateAsync(browser, "a good long password");
        using var connections = await browser.GetAsync("/connections");

        Assert.Equal("/", _app.LeadsTo(response));
        Assert.Equal(HttpStatusCode.OK, connections.StatusCode);
    }

    [Fact]
    public async Task The_link_works_once()
    {
        using var browser = _app.Open();
        (await CreateAsync(browser, "a good long password")).Dispose();
        using var other = _app.Open();
        var page = await other.ReadAsync($"/setup/{_app.SetupToken}");

        Assert.Empty(page.QuerySelectorAll("form[method=post] input[name='Input.Email']"));
        Assert.Contains("not valid", page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_who_was_added_without_the_link_opens_the_pages_and_ends_the_link()
    {
        using var browser = _app.Open();
        var create = await FillInAsync(browser, "a good long password", "late@example.com");
        await _app.AddPersonAsync(Role.Administrator);

        using var late = await create();
        using var signIn = await browser.GetAsync("/sign-in");

        Assert.Contains("not valid", (await Browser.ReadAsync(late)).QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, signIn.StatusCode);
        await using var db = await _app.OpenAsync();
        Assert.Equal(1, await db.Set<AppUser>().CountAsync(Xunit.TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_link_is_not_valid_for_anyone_once_another_administrator_was_added()
    {
        await _app.AddPersonAsync(Role.Administrator);
        using var browser = _app.Open();
        var page = await browser.ReadAsync($"/setup/{_app.SetupToken}");

        Assert.Contains("not valid", page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_simultaneous_uses_of_the_link_one_creates_an_administrator()
    {
        using var first = _app.Open();
        using var second = _app.Open();
        var one = await FillInAsync(first, "a good long password", "one@example.com");
        var two = await FillInAsync(second, "a good long password", "two@example.com");

        var answers = await Task.WhenAll(one(), two());

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Redirect);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task A_password_that_is_too_short_leaves_the_link_open()
    {
        using var browser = _app.Open();
        using var refused = await CreateAsync(browser, "short");
        Assert.Contains("12", (await Browser.ReadAsync(refused)).QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);

        using var accepted = await CreateAsync(browser, "a good long password");
        Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);
    }

    [Fact]
    public async Task A_guessed_link_is_invalid()
    {
        using var browser = _app.Open();
        var page = await browser.ReadAsync("/setup/0000000000000000000000000000000000000000000000000000000000000000");

        Assert.Contains("not valid", page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_checks_and_static_files_are_still_served()
    {
        using var browser = _app.Open();
        using var health = await browser.GetAsync("/health");
        var page = await browser.ReadAsync("/");
        using var style = await browser.GetAsync("/" + page.QuerySelectorAll("link[rel=stylesheet]")[^1].GetAttribute("href"));

        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal("text/css", style.Content.Headers.ContentType?.MediaType);
    }

    private async Task<HttpResponseMessage> CreateAsync(Browser browser, string password, string email = "ana@example.com") =>
        await (await FillInAsync(browser, password, email))();

    private Task<Func<Task<HttpResponseMessage>>> FillInAsync(Browser browser, string password, string email) =>
        browser.FillInAsync(
            $"/setup/{_app.SetupToken}",
            "first-administrator",
            new()
            {
                ["Input.Name"] = "Ana",
                ["Input.Email"] = email,
                ["Input.Password"] = password,
                ["Input.Again"] = password,
            }
        );
}
