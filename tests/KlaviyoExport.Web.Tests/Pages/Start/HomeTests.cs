using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Start;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Pages.Start;

public sealed class HomeTests
{
    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, false)]
    [InlineData(Role.Contributor, false)]
    [InlineData(Role.Administrator, true)]
    public async Task An_item_that_needs_attention_links_to_the_page_where_the_reader_can_fix_it(Role role, bool mends)
    {
        await using var context = await PageContext.CreateAsync(role);
        var run = await context.AddRunAsync(run =>
        {
            (run.State, run.ActiveExportId, run.FinishedAt) = (RunState.FailedPermanent, null, run.QueuedAt);
            run.Outcome = new LocalizedMessage("Delivery.NoConnection");
        });
        await using (var db = await context.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(connection => connection.LastError, new LocalizedMessage("Klaviyo.KeyRefused")),
                    Cancel
                );

        var page = Render(context);

        Assert.NotEmpty(page.FindAll($"#attention ~ ul a[href='runs/{run.Id}']"));
        Assert.Equal(mends, page.FindAll("#attention ~ ul a[href^='connections/']").Count > 0);
        Assert.Equal(
            mends,
            page.Find("#attention ~ ul")
                .TextContent.Contains(new LocalizedMessage("Klaviyo.KeyRefused").ToString(), StringComparison.Ordinal)
        );
        Assert.Equal(!mends, page.Markup.Contains("An administrator can repair it.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_week_is_shown_as_a_chart_and_in_words()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        await context.AddRunAsync(run =>
        {
            (run.State, run.ActiveExportId, run.FinishedAt) = (RunState.CompletedWithWarnings, null, context.Clock.GetUtcNow());
            run.Ledger = new Ledger
            {
                Members = 1_250,
                Prepared = 1_250,
                Accepted = 1_200,
                Refused = 50,
            };
        });

        var page = Render(context);

        Assert.Equal(7, page.FindAll(".chart li").Count);
        Assert.Contains(
            "1,200 accepted, 50 refused, runs: 1",
            page.FindAll(".chart li .visually-hidden")[^1].TextContent,
            StringComparison.Ordinal
        );
        Assert.NotEqual("0", page.FindAll(".bar-refused")[^1].GetAttribute("height"));
        Assert.Equal("0", page.FindAll(".bar-refused")[0].GetAttribute("height"));
    }

    [Fact]
    public async Task The_start_and_end_of_a_run_started_elsewhere_appear()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var page = Render(context);
        Assert.Empty(page.FindAll("#running"));
        await context.TurnAsync(TimeSpan.Zero);

        var run = await context.AddRunAsync(run => run.State = RunState.Sending);
        await BeatAsync(context, page, () => page.FindAll("#running").Count == 1);
        await context.ChangeAsync(
            run.Id,
            run => (run.State, run.ActiveExportId, run.FinishedAt) = (RunState.Successful, null, context.Clock.GetUtcNow())
        );
        await BeatAsync(context, page, () => page.FindAll("#running").Count == 0);
    }

    [Fact]
    public async Task A_run_that_tries_again_needs_attention_and_says_when()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        await context.AddRunAsync(run =>
            (run.State, run.RetryAt) = (RunState.FailedRetrying, context.Clock.GetUtcNow() + TimeSpan.FromMinutes(5))
        );

        var page = Render(context);

        Assert.Equal("tries again in 5 minutes", page.Find("#attention ~ ul .faint").TextContent.Trim());
    }

    [Theory]
    [InlineData(Role.Administrator, 8, "sources/new")]
    [InlineData(Role.Contributor, 6, null)]
    [InlineData(Role.Operator, 0, null)]
    public async Task A_new_installation_shows_the_first_steps_to_people_who_can_take_them(Role role, int steps, string? begins)
    {
        await using var context = await PageContext.CreateAsync(role);

        var page = Render(context);

        Assert.Equal(steps, page.FindAll(".first-steps li").Count);
        Assert.Equal(begins, page.FindAll(".first-steps a.button-primary").SingleOrDefault()?.GetAttribute("href"));
        // The samples are offered to whoever may add them.
        Assert.Equal(role == Role.Administrator ? 1 : 0, page.FindAll(".first-steps li button").Count);
    }

    [Fact]
    public async Task A_step_that_is_done_is_marked_and_the_next_one_is_offered()
    {
        await using var context = await PageContext.CreateAsync(Role.Contributor);
        await context.AddRunAsync(run => (run.State, run.ActiveExportId, run.FinishedAt) = (RunState.Successful, null, run.QueuedAt));

        var page = Render(context);

        // The source of these tests was never loaded, which only an administrator can do.
        Assert.Equal(3, page.FindAll(".first-step-done").Count);
        Assert.Contains("Steps done: 3 of 6", page.Find(".first-steps").TextContent, StringComparison.Ordinal);
        Assert.StartsWith(
            "exports/schedule?id=",
            page.Find(".first-steps a.button-primary").GetAttribute("href"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_reader_hides_the_first_steps_and_shows_them_again()
    {
        await using var context = await PageContext.CreateAsync(Role.Contributor);
        var page = Render(context);

        await page.Find(".first-steps .card-head button").ClickAsync(new());
        page.WaitForState(() => page.FindAll(".first-steps").Count == 0);
        Assert.Empty(Render(context).FindAll(".first-steps"));

        await page.FindAll("button").Single(button => button.TextContent == "Show the first steps").ClickAsync(new());
        page.WaitForElement(".first-steps");
    }

    private static async Task BeatAsync(PageContext context, IRenderedComponent<Home> page, Func<bool> shows)
    {
        await context.TurnAsync(TimeSpan.FromSeconds(1));
        page.WaitForState(shows);
    }

    private static IRenderedComponent<Home> Render(PageContext context)
    {
        var page = context.Ui.Render<Home>();
        page.WaitForElement("#attention");
        return page;
    }
}
