using System.Globalization;
using AngleSharp.Dom;
using Bunit;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Pages.Runs;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class RunListTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task All_runs_are_listed_newest_first_in_pages()
    {
        var first = await ReadAsync("/runs");
        Assert.Equal("Run 32", Rows(first)[0].QuerySelector("a")!.TextContent);
        Assert.Equal(25, Rows(first).Count);
        Assert.Equal("1–25 of 32", first.QuerySelector(".pager span")!.TextContent);

        var second = await ReadAsync(first.QuerySelectorAll(".pager a").Single().GetAttribute("href")!);
        Assert.Equal("Run 1", Rows(second)[^1].QuerySelector("a")!.TextContent);
        Assert.Equal("26–32 of 32", second.QuerySelector(".pager span")!.TextContent);
        Assert.Equal("runs", second.QuerySelectorAll(".pager a").Single().GetAttribute("href"));
    }

    [Fact]
    public async Task A_row_shows_the_outcome_of_the_run_and_links_to_it_and_its_export()
    {
        var rows = Rows(await ReadAsync("/runs"));

        Assert.Equal(
            ["Run 32", "Members <of> the club", "Skipped", "0", "0", "0", "1 min 30 s", "The system refresh, in the name of Ana"],
            Cells(rows[0])
        );
        Assert.Equal("runs/32", rows[0].QuerySelector("a")!.GetAttribute("href"));
        Assert.StartsWith("exports/", rows[0].QuerySelectorAll("a")[1].GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_that_can_be_hidden_is_marked_in_its_heading_and_in_every_row()
    {
        var page = await ReadAsync("/runs");

        string?[] headings = [.. page.QuerySelectorAll("table[data-view=runs] th").Select(head => head.GetAttribute("data-column"))];
        Assert.Equal(
            page.QuerySelectorAll("[data-view-of=runs] input").Select(box => box.GetAttribute("value")).Where(name => name != ""),
            headings.OfType<string>()
        );
        Assert.All(Rows(page), row => Assert.Equal(headings, row.QuerySelectorAll("td").Select(cell => cell.GetAttribute("data-column"))));
    }

    [Theory]
    [InlineData("?state=Skipped", 1)]
    [InlineData("?state=completedwithwarnings", 1)]
    [InlineData("?text=CLUB", 1)]
    [InlineData("?text=31", 1)]
    [InlineData("?text=readers&state=Successful&page=2", 5)]
    [InlineData("?state=Nonsense&page=-7", 25)]
    public async Task The_URL_reflects_the_view(string query, int rows) => Assert.Equal(rows, Rows(await ReadAsync("/runs" + query)).Count);

    [Fact]
    public async Task The_filter_on_one_export_stays_while_paging()
    {
        var page = await ReadAsync($"runs?export={runs.ReadersId}&state=Successful");

        Assert.Contains("Only runs of Readers", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Successful", page.QuerySelector("select option[selected]")!.TextContent);
        Assert.Equal(
            $"runs?export={runs.ReadersId}&state=Successful&page=2",
            page.QuerySelectorAll(".pager a").Single().GetAttribute("href")
        );
        Assert.Equal(
            runs.ReadersId.ToString(CultureInfo.InvariantCulture),
            page.QuerySelector("form[role=search] input[name=export]")!.GetAttribute("value")
        );
    }

    [Theory]
    [InlineData("?state=Queued", "No run matches the filter.")]
    [InlineData("?export=999", "No run matches the filter.")]
    [InlineData("?page=2147483647", "The list has fewer pages.")]
    public async Task An_empty_result_says_so_with_a_way_back(string query, string words)
    {
        var page = await ReadAsync("/runs" + query);

        Assert.Contains(words, page.QuerySelector(".empty")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("runs", page.QuerySelector(".empty a")!.GetAttribute("href"));
    }

    [Theory]
    [InlineData("/runs")]
    [InlineData("/runs/1")]
    public async Task The_menu_marks_the_current_page(string address) =>
        Assert.Equal("runs", (await ReadAsync(address)).QuerySelectorAll(".nav a.active").Single().GetAttribute("href"));

    [Fact]
    public async Task A_run_started_elsewhere_appears_and_updates_automatically()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var list = context.Ui.Render<RunRows>(parameters => parameters.Add(rows => rows.Query, new RunQuery()));
        list.WaitForState(() => list.FindAll(".empty").Count == 1);
        await context.TurnAsync(TimeSpan.Zero);

        var run = await context.AddRunAsync(run => run.State = RunState.Queued);
        await context.TurnAsync(TimeSpan.FromSeconds(1) - LiveUpdates.Gathering);
        list.WaitForAssertion(() => Assert.Equal("Queued", list.Find("tbody .badge").LastChild!.TextContent));

        await context.ChangeAsync(run.Id, run => (run.State, run.Done, run.Total) = (RunState.Sending, 30, 40));
        await context.TurnAsync(TimeSpan.FromSeconds(1) - LiveUpdates.Gathering);
        list.WaitForAssertion(() =>
            Assert.Equal(.75.ToString("P0", CultureInfo.CurrentCulture), list.Find("tbody .badge + .faint").TextContent)
        );

        await context.Ui.DisposeComponentsAsync();
        await PageContext.UntilAsync(() => context.Clock.WaitingTimers == 0);
    }

    [Fact]
    public async Task The_list_says_briefly_what_a_run_waits_for()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var now = context.Clock.GetUtcNow();
        await context.AddRunAsync(run =>
        {
            run.State = RunState.Preparing;
            run.Reading = new RunReading(now) { Wait = new RunWait(RunWaitKind.Source, now.AddSeconds(-9)) };
        });

        var list = context.Ui.Render<RunRows>(parameters => parameters.Add(rows => rows.Query, new RunQuery()));

        list.WaitForAssertion(() =>
            Assert.Equal("Waiting for the source, which sends no rows.", list.Find("tbody .badge ~ .small").TextContent)
        );
    }

    private Task<IDocument> ReadAsync(string address) => runs.BrowserOf(Role.Viewer).ReadAsync(address);

    private static List<IElement> Rows(IDocument page) => [.. page.QuerySelectorAll("tbody tr")];

    private static IEnumerable<string> Cells(IElement row) =>
        row.QuerySelectorAll("td")
            .Select(
                (cell, index) =>
                    index switch
                    {
                        0 => cell.QuerySelector("a")!.TextContent,
                        2 => cell.QuerySelector(".badge")!.LastChild!.TextContent,
                        _ => cell.TextContent,
                    }
            );
}
