using Bunit;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Start;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.Web.Tests.Pages.Start;

public sealed class LimitsCardTests
{
    private static readonly LimitUse Imports = new("bulk_import_profiles", 12, 0, 150, false, false);

    [Fact]
    public async Task The_most_used_limit_of_a_connection_is_shown_as_a_bar_and_in_words()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);

        var card = Render(context, new ConnectionUse(1, "Shop", [Imports with { ByOthers = 63 }, Imports with { Endpoint = "get_list" }]));

        Assert.Equal("Shop", card.Find("li strong").TextContent);
        Assert.Equal("12 of 150 calls and 63 by other programs bulk_import_profiles", Words(card.Find(".use").TextContent));
        Assert.Equal("width:50%", card.Find(".meter span").GetAttribute("style"));
        Assert.Empty(card.FindAll(".badge"));
    }

    [Fact]
    public async Task Waiting_calls_and_pauses_are_told_also_when_they_are_of_another_limit()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);

        Assert.Equal(
            "Calls have waited",
            Words(Render(context, new ConnectionUse(1, "Shop", [Imports, Imports with { HasWaited = true }])).Find(".badge").TextContent)
        );
        Assert.Equal(
            "Klaviyo asked for a pause",
            Words(
                Render(context, new ConnectionUse(1, "Shop", [Imports with { HasWaited = true, IsClosed = true }]))
                    .Find(".badge")
                    .TextContent
            )
        );
    }

    [Fact]
    public async Task The_card_reads_the_use_again_until_there_is_none()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        await context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.Successful, null));
        var card = Render(context, new ConnectionUse(1, "Shop", [Imports]));
        await PageContext.UntilAsync(() => context.Clock.WaitingTimers == 1);

        context.Clock.Advance(LimitsCard.Pause);

        card.WaitForAssertion(() => Assert.Equal("No calls", card.Find("li .faint").TextContent));
        Assert.Equal(0, context.Clock.WaitingTimers);
    }

    [Fact]
    public async Task A_card_that_is_left_does_not_read_again()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        Render(context, new ConnectionUse(1, "Shop", [Imports]));
        await PageContext.UntilAsync(() => context.Clock.WaitingTimers == 1);

        await context.Ui.DisposeComponentsAsync();

        await PageContext.UntilAsync(() => context.Clock.WaitingTimers == 0);
    }

    [Fact]
    public async Task A_card_does_not_read_again_when_the_application_stops()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        Render(context, new ConnectionUse(1, "Shop", [Imports]));
        await PageContext.UntilAsync(() => context.Clock.WaitingTimers == 1);

        context.Ui.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await PageContext.UntilAsync(() => context.Clock.WaitingTimers == 0);
    }

    [Theory]
    [InlineData(Role.Administrator, true)]
    [InlineData(Role.Contributor, true)]
    [InlineData(Role.Operator, false)]
    [InlineData(Role.Viewer, false)]
    public async Task Home_shows_the_limits_to_people_who_may_use_a_connection(Role role, bool shown)
    {
        await using var context = await PageContext.CreateAsync(role);
        await context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.Successful, null));

        var page = context.Ui.Render<Home>();

        page.WaitForElement("#glances");
        Assert.Equal(shown, page.FindAll("#limits").Count == 1);
    }

    private static IRenderedComponent<LimitsCard> Render(PageContext context, params ConnectionUse[] uses)
    {
        var card = context.Ui.Render<LimitsCard>(parameters => parameters.Add(card => card.Uses, uses));
        card.WaitForElement("li");
        return card;
    }

    private static string Words(string text) => string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
