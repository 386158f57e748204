using Bunit;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Start;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Start;

public sealed class ExportsCardTests
{
    // The clock of UiContext stands at noon of this day.
    private static readonly DateOnly Today = new(2026, 11, 22);
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_export_is_shown_with_its_status_times_and_share_of_the_cap()
    {
        await using var ui = new UiContext();

        var row = Render(ui, Glance()).Find("tbody tr");

        Assert.Equal(
            ["Readers", "Completed with warnings", "9 hours ago", "2 days ago", "in 3 hours", "4,700 of 100,000 profiles"],
            row.QuerySelectorAll("a[href='exports/1'], .badge, time, .use a").Select(part => Words(part.TextContent))
        );
    }

    [Fact]
    public async Task Each_mark_has_its_own_shape_and_words()
    {
        await using var ui = new UiContext();
        var days = Week(new(Today, 500, 1, 0, 0), new(Today, 1_000, 2, 1, 0), new(Today, 0, 1, 0, 1), new(Today, 0, 1, 0, 0));

        var marks = Render(ui, Glance() with { Days = days }).Find(".week-marks");

        Assert.Equal(
            ["0", "0", "0", "9", "18", "0", "0"],
            marks.QuerySelectorAll("g > rect:not(.slot)").Select(bar => bar.GetAttribute("height"))
        );
        Assert.Equal(3, marks.QuerySelectorAll("path.mark-none").Length);
        Assert.Single(marks.QuerySelectorAll("rect.mark-delivered[height='9']"));
        Assert.Single(marks.QuerySelectorAll("path.mark-warning"));
        Assert.Single(marks.QuerySelectorAll("path.mark-failed"));
        Assert.Single(marks.QuerySelectorAll("circle.mark-nothing"));
        Assert.Equal(
            "November 19: 500 delivered · November 20: 1,000 delivered, with warnings · November 21: 0 delivered, a run failed · "
                + "November 22: nothing delivered",
            marks.GetAttribute("aria-label")
        );
        Assert.Equal("November 16: No run", marks.QuerySelector("title")!.TextContent);
    }

    [Theory]
    [InlineData("en", "No run in the last seven days.")]
    [InlineData("sr-Cyrl", "Ниједно извршавање у последњих седам дана.")]
    [InlineData("ca", "Cap execució en els darrers set dies.")]
    public async Task A_week_without_runs_says_so(string language, string words)
    {
        await using var ui = new UiContext(language);

        Assert.Equal(words, Render(ui, Glance() with { Days = Week() }).Find(".week-marks").GetAttribute("aria-label"));
    }

    [Fact]
    public async Task Data_that_is_too_old_is_marked()
    {
        await using var ui = new UiContext();
        var old = Glance() with { Data = new Freshness("Customers", Now.AddDays(-2), null, 24, false) };
        var unknown = Glance() with { Data = new Freshness("Customers", null, null, null, false) };

        Assert.Single(Render(ui, old).FindAll(".data-cell .missed"));
        Assert.Empty(Render(ui, Glance()).FindAll(".data-cell .missed"));
        Assert.Equal("not known", Words(Render(ui, unknown).Find(".data-cell").TextContent));
    }

    [Theory]
    [InlineData(79_999, null)]
    [InlineData(80_000, "Close to the cap")]
    [InlineData(100_000, "Close to the cap")]
    [InlineData(100_001, "Over the limit")]
    public async Task An_export_close_to_its_cap_is_marked(int profiles, string? words)
    {
        await using var ui = new UiContext();

        var card = Render(ui, Glance() with { Cap = new CapUse(7, profiles, new ProfileLimit(100_000, null)) });

        Assert.Equal(words, card.FindAll(".use .missed").SingleOrDefault()?.TextContent.Trim());
        Assert.Equal(words is not null, card.FindAll(".meter-warning").Count == 1);
    }

    [Fact]
    public async Task The_link_to_all_exports_appears_when_there_are_more()
    {
        await using var ui = new UiContext();

        Assert.Empty(Render(ui, Glance()).FindAll(".form-end"));
        Assert.Equal("All exports (3,000)", Render(ui, 3_000, Glance()).Find(".form-end a").TextContent);
    }

    [Fact]
    public async Task Without_an_export_there_is_no_card()
    {
        await using var ui = new UiContext();

        Assert.Equal("", Render(ui, 0).Markup.Trim());
    }

    private static IRenderedComponent<ExportsCard> Render(UiContext ui, params ExportGlance[] rows) => Render(ui, rows.Length, rows);

    private static IRenderedComponent<ExportsCard> Render(UiContext ui, int total, params ExportGlance[] rows) =>
        ui.Render<ExportsCard>(parameters => parameters.Add(card => card.Exports, new ExportGlances(rows, total)));

    private static ExportGlance Glance() =>
        new(
            new ExportRow
            {
                Id = 1,
                Name = "Readers",
                ConnectionName = "Shop",
                ListId = "Y6nRLr",
                ListName = "Newsletter",
                LastRunId = 7,
                State = RunState.CompletedWithWarnings,
                Refreshed = Now.AddHours(-9),
                Schedule = new ExportSchedule(),
                NextRunAt = Now.AddHours(3),
                Version = 1,
                Permissions = new ExportPermissions(false, false, false),
            },
            Week(),
            new Freshness("Customers", Now.AddDays(-2), null, null, false),
            new CapUse(7, 4_700, new ProfileLimit(100_000, null))
        );

    /// <summary>The last seven days, of which the last ones are given.</summary>
    private static List<ExportDay> Week(params ExportDay[] last) =>
        [
            .. Enumerable
                .Repeat(new ExportDay(Today, 0, 0, 0, 0), 7 - last.Length)
                .Concat(last)
                .Select((day, index) => day with { Day = Today.AddDays(index - 6) }),
        ];

    private static string Words(string text) => string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
