using System.Globalization;
using System.Net;
using System.Text.Json;
using AngleSharp.Dom;
using KlaviyoExport.People;
using KlaviyoExport.Web.Pages.People;
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
        audit.Add(db, new Actor("gone", "Somebody <gone>", Role.Viewer) { From = "192.0.2.9" }, "Future.Action", "Thing");
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
        Assert.Equal(["Person added", "Nina", "Contributor"], Cells(first, 0)[3..]);
        Assert.Equal(["Somebody <gone>", "192.0.2.9", "Future.Action"], Cells(first, 1)[1..4]);
        Assert.Equal(50, first.QuerySelectorAll("tbody tr").Length);
        Assert.DoesNotContain("nina@example.com", first.Body!.TextContent, StringComparison.Ordinal);

        var second = await _browser.ReadAsync(first.QuerySelectorAll(".pager a").Single().GetAttribute("href")!);
        Assert.Equal("First administrator created", Cells(second, second.QuerySelectorAll("tbody tr").Length - 1)[3]);
        Assert.Equal("51–64 of 64", second.QuerySelector(".pager span")!.TextContent);
    }

    [Fact]
    public async Task An_actor_who_is_no_person_is_named_in_words_and_an_empty_name_is_a_dash()
    {
        await using (var db = await _app.OpenAsync())
        {
            _app.Services.GetRequiredService<Audit>().Add(db, Actor.Anonymous, "Future.Action", "");
            await db.SaveChangesAsync(Cancel);
        }

        var page = await _browser.ReadAsync($"/system/audit?who={Actor.Anonymous.Id}");

        Assert.Equal("Not signed in", page.QuerySelector("select[name=who] option[selected]")!.TextContent);
        Assert.Equal(["Not signed in", "–", "Future.Action", "–", "–"], Cells(page, 0)[1..]);
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

    [Fact]
    public async Task What_a_person_does_has_the_address_of_the_browser()
    {
        using var file = await _browser.Http.GetAsync(new Uri("/system/audit/entries.csv", UriKind.Relative), Cancel);

        var entry = Cells(await _browser.ReadAsync("/system/audit?action=System.AuditDownloaded"), 0);

        Assert.Contains(entry[2], new[] { "127.0.0.1", "::1" });
        Assert.Equal(("Administrator", "Audit downloaded"), (entry[1], entry[3]));
    }

    [Theory]
    [InlineData("", 64)]
    [InlineData("&item=EXPORT+6", 2)]
    [InlineData("&item=nina", 1)]
    [InlineData("&since=2999-01-01", 0)]
    [InlineData("&until=1999-12-31", 0)]
    [InlineData("&since=2000-01-01&until=2998-12-31&zone=Europe/Belgrade", 64)]
    [InlineData("&since=yesterday&until=0001-01-01&zone=Nowhere", 64)]
    public async Task The_filters_apply_to_the_page_and_to_both_downloads(string query, int count)
    {
        var page = await _browser.ReadAsync("/system/audit?text=" + query);
        var csv = await _browser.Http.GetStringAsync(new Uri("/system/audit/entries.csv?text=" + query, UriKind.Relative), Cancel);
        var json = await _browser.Http.GetStringAsync(
            new Uri("/system/audit/entries.json?action=Exports.RunStarted" + query, UriKind.Relative),
            Cancel
        );

        Assert.Equal(count == 0, page.QuerySelector("tbody tr") is null);
        if (count > 0)
            Assert.EndsWith($"of {count}", page.QuerySelector(".pager span")!.TextContent, StringComparison.Ordinal);
        // The first line is the headings. Each download is an entry too.
        Assert.InRange(csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length - 1, count, count + 1);
        var started = JsonDocument.Parse(json).RootElement;
        Assert.All(started.EnumerateArray(), entry => Assert.Equal("Exports.RunStarted", entry.GetProperty("action").GetString()));
        Assert.Equal(
            count switch
            {
                0 or 1 => 0,
                2 => 2,
                _ => 60,
            },
            started.GetArrayLength()
        );
    }

    [Theory]
    [InlineData("Europe/Belgrade", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z")]
    [InlineData(null, "2026-03-29", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z")]
    public void A_day_is_that_of_the_time_zone_of_the_reader(string? zone, string day, string from, string to)
    {
        var filter = new AuditQuery
        {
            Since = day,
            Until = day,
            Zone = zone,
        }.ToFilter();

        Assert.Equal(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture), filter.Since);
        Assert.Equal(DateTimeOffset.Parse(to, CultureInfo.InvariantCulture), filter.Until);
    }

    [Fact]
    public async Task Only_people_who_may_manage_people_get_the_files()
    {
        using var contributor = await _app.SignInAsync(Role.Contributor);
        foreach (var address in new[] { "/system/audit/entries.csv", "/system/audit/entries.json" })
        {
            using var refused = await contributor.Http.GetAsync(new Uri(address, UriKind.Relative), Cancel);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    private static string[] Cells(IDocument page, int row) =>
        [.. page.QuerySelectorAll("tbody tr")[row].QuerySelectorAll("td").Select(cell => cell.TextContent.Trim())];
}
