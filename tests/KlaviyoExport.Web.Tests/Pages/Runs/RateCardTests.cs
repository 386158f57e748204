using Bunit;
using KlaviyoExport.Overview;
using KlaviyoExport.Web.Pages.Runs;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class RateCardTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 22, 11, 0, 0, TimeSpan.Zero);

    private static readonly RunPace Pace = new(
        From,
        TimeSpan.FromSeconds(5),
        [new(12_000, 0), new(8_000, 10_000), new(0, 0), new(0, 10_000)]
    );

    [Theory]
    [InlineData("en", "Confirmed: 20,000, sent: 20,000. At most 10,000 were confirmed in 5 s.", "profiles in 5 s")]
    [InlineData("sr-Cyrl", "Потврђено: 20.000, послато: 20.000. Највише је потврђено 10.000 за 5 с.", "профила за 5 с")]
    [InlineData("ca", "Confirmats: 20.000, enviats: 20.000. Com a màxim se n’han confirmat 10.000 en 5 s.", "perfils cada 5 s")]
    public async Task The_chart_says_in_words_what_it_shows(string language, string words, string unit)
    {
        await using var ui = new UiContext(language);

        var card = Render(ui, Pace);

        Assert.Equal(words, card.Find("svg").GetAttribute("aria-label"));
        Assert.Contains(unit, card.Find(".legend-line").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bars_are_the_confirmed_profiles_and_the_line_those_sent()
    {
        await using var ui = new UiContext();

        var card = Render(ui, Pace);

        Assert.Equal(["0", "50", "0", "50"], card.FindAll(".confirmed").Select(bar => bar.GetAttribute("height")));
        Assert.Equal("0,40 1,40 1,60 2,60 2,100 3,100 3,100 4,100", card.Find(".sent").GetAttribute("points"));
        Assert.Equal(["20,000", "0"], card.FindAll(".rate-scale span").Select(label => label.TextContent));
        Assert.Equal("11:00:05 AM UTC: 10,000 confirmed, 8,000 sent", Plain(card.FindAll("title")[1].TextContent));
        // Ten intervals of five seconds.
        Assert.Equal(
            ["11:00:00 AM", "11:00:25 AM", "11:00:50 AM UTC"],
            card.FindAll(".rate-times span").Select(label => Plain(label.TextContent))
        );
    }

    [Fact]
    public async Task The_table_leaves_out_the_intervals_in_which_nothing_happened()
    {
        await using var ui = new UiContext();

        var rows = Render(ui, Pace).FindAll("tbody tr");

        Assert.Equal(
            [
                ["11:00:00 AM UTC", "12,000", "0"],
                ["11:00:05 AM UTC", "8,000", "10,000"],
                ["11:00:15 AM UTC", "0", "10,000"],
            ],
            rows.Select(row => row.Children.Select(cell => Plain(cell.TextContent)).ToArray())
        );
    }

    [Fact]
    public async Task A_run_that_has_sent_nothing_yet_has_a_chart_of_the_same_size()
    {
        await using var ui = new UiContext();

        var card = Render(ui, new RunPace(From, TimeSpan.FromDays(2), [new(0, 0)]));

        Assert.Equal(Render(ui, Pace).Find("svg").GetAttribute("viewBox"), card.Find("svg").GetAttribute("viewBox"));
        Assert.Equal("1", card.Find(".rate-scale span").TextContent);
        Assert.Contains("profiles in 2 d", card.Find(".legend-line").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(7, 10)]
    [InlineData(10, 10)]
    [InlineData(2_842, 5_000)]
    [InlineData(100_001, 200_000)]
    public void The_scale_ends_at_a_round_number(long most, long top) =>
        Assert.Equal(top, new RateChart(new RunPace(From, TimeSpan.FromSeconds(1), [new(most, 0)])).Top);

    private static IRenderedComponent<RateCard> Render(UiContext ui, RunPace pace) =>
        ui.Render<RateCard>(parameters => parameters.Add(card => card.Pace, pace));

    // Times have a narrow no-break space before AM.
    private static string Plain(string text) =>
        string.Join(' ', text.Replace('\u202f', ' ').Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
