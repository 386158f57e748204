using AngleSharp.Dom;
using KlaviyoExport.People;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.People;

public sealed class AuditListTests : IAsyncLifetime
{
    private TestApp _app = default!;
    private Browser _browser = default!;
    private Actor _administrator = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await TestApp.StartWithPeopleAsync();
        _browser = await _app.SignInAsync(Role.Administrator);
        _administrator = await _app.ActorAsync(Role.Administrator);
        await using var db = await _app.OpenAsync();
        var audit = _app.Services.GetRequiredService<Audit>();
        for (var number = 1; number <= 60; number++)
            audit.Add(db, _administrator, "Exports.RunStarted", $"Export {number}");
        audit.Add(db, new Actor("gone", "Somebody <gone>", Role.Viewer), "Future.Action", "Thing");
        await db.SaveChangesAsync(Cancel);
        await _app
            .Services.GetRequiredService<PeopleService>()
            .AddAsync(_administrator, new NewPerson("Nina", "nina@example.com", Role.Contributor), Cancel);
    }

    public ValueTask DisposeAsync()
    {
        _browser.Dispose();
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task It_is_shown_in_words_newest_first_in_pages_without_addresses()
    {
        var first = await _browser.ReadAsync("/system/audit");
        Assert.Equal(["Person added", "Nina", "Contributor"], Cells(first, 0)[2..]);
        Assert.Equal(["Somebody <gone>", "Future.Action"], Cells(first, 1)[1..3]);
        Assert.Equal(50, first.QuerySelectorAll("tbody tr").Length);
        Assert.DoesNotContain("nina@example.com", first.Body!.TextContent, StringComparison.Ordinal);

        var second = await _browser.ReadAsync(first.QuerySelectorAll(".pager a").Single().GetAttribute("href")!);
        Assert.Equal("First administrator created", Cells(second, second.QuerySelectorAll("tbody tr").Length - 1)[2]);
        Assert.Equal("51–63 of 63", second.QuerySelector(".pager span")!.TextContent);
    }

    [Fact]
    public async Task The_filter_is_in_the_URL_and_stays_while_paging()
    {
        var page = await _browser.ReadAsync($"/system/audit?who={_administrator.Id}&action=Exports.RunStarted&text=export");
        var older = page.QuerySelectorAll(".pager a").Single().GetAttribute("href")!;

        Assert.Equal("Run started", page.QuerySelector("select[name=action] option[selected]")!.TextContent);
        Assert.Equal("Administrator", page.QuerySelector("select[name=who] option[selected]")!.TextContent);
        Assert.Equal("51–60 of 60", (await _browser.ReadAsync(older)).QuerySelector(".pager span")!.TextContent);
    }

    [Theory]
    [InlineData("?text=nothing+like+this")]
    [InlineData("?who=nobody")]
    [InlineData("?page=99")]
    [InlineData("?page=-3&text=nothing+like+this")]
    [InlineData("?page=2147483647")]
    public async Task An_empty_result_says_so(string query) =>
        Assert.Empty((await _browser.ReadAsync("/system/audit" + query)).QuerySelectorAll("tbody tr"));

    private static string[] Cells(IDocument page, int row) =>
        [.. page.QuerySelectorAll("tbody tr")[row].QuerySelectorAll("td").Select(cell => cell.TextContent.Trim())];
}
