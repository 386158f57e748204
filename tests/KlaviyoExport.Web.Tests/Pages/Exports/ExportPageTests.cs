using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using static KlaviyoExport.Web.Tests.Pages.Exports.ExportPages;
using ExportPage = KlaviyoExport.Web.Pages.Exports.ExportPage;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class ExportPageTests
{
    [Theory]
    [InlineData(Role.Viewer, false, false)]
    [InlineData(Role.Operator, true, false)]
    [InlineData(Role.Contributor, true, true)]
    [InlineData(Role.Administrator, true, true)]
    public async Task It_offers_what_its_reader_may_do(Role role, bool run, bool edit)
    {
        await using var pages = await CreateAsync(role);
        var page = Open(pages, (await pages.AddAsync(Sharing.AllContributors, "Readers"))[0].Id);

        Assert.Equal(run, page.Markup.Contains("Run now", StringComparison.Ordinal));
        Assert.All(
            ["Edit", "Schedule", "Create duplicate", "Detach connection", "Remove"],
            command => Assert.Equal(edit, Command(page, command) is not null)
        );
    }

    [Fact]
    public async Task The_schedule_is_shown_in_words_and_the_runs_in_a_chart_and_a_table()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        var export = (await pages.AddAsync(Sharing.Administrators, "Readers"))[0];
        await pages.ChangeAsync(
            export.Id,
            stored =>
                stored.Schedule = new ExportSchedule
                {
                    IsOn = true,
                    Own = new Recurrence
                    {
                        Kind = RecurrenceKind.Weekly,
                        Days = [DayOfWeek.Monday],
                        Times = [new TimeOnly(6, 30)],
                        TimeZone = "Europe/Belgrade",
                    },
                }
        );
        for (var run = 0; run < 25; run++)
            await pages.AddRunAsync(export.Id, RunState.Successful);
        var page = Open(pages, export.Id);

        Assert.Contains("Weekly: Monday, at ", page.Markup, StringComparison.Ordinal);
        Assert.Contains("(Europe/Belgrade)", page.Markup, StringComparison.Ordinal);
        Assert.Equal(25, page.FindAll(".history rect.accepted").Count);
        Assert.Equal(25, page.FindAll("details tbody tr").Count);
        Assert.All(page.FindAll("svg:not(.icon)"), picture => Assert.False(string.IsNullOrEmpty(picture.GetAttribute("aria-label"))));
        Assert.Equal($"exports/{export.Id}?page=2", page.Find("[rel=next]").GetAttribute("href"));
    }

    [Fact]
    public async Task The_rules_of_the_list_are_shown_with_the_values_of_the_installation()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        var export = (await pages.AddAsync(Sharing.Administrators, "Readers"))[0];
        await pages.ChangeAsync(export.Id, stored => stored.ListRules = new() { Verify = VerifyList.Weekly, ApprovalShare = 0.07 });
        var facts = Open(pages, export.Id).Find(".facts").TextContent;

        Assert.Contains("Leave them off (they may have asked for it)", facts, StringComparison.Ordinal);
        Assert.Contains("Every week", facts, StringComparison.Ordinal);
        Assert.Contains(
            "more than 7% of the last run’s profiles, and at least this number of profiles: 100 (installation)",
            facts,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_other_exports_to_the_list_are_linked_whatever_their_connection()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        var readers = (await pages.AddAsync(Sharing.Administrators, "Readers", "Same connection"))[0];
        await pages.AddAsync(Sharing.Administrators, "Other connection");
        var page = Open(pages, readers.Id);

        page.WaitForAssertion(() =>
            Assert.Equal(["Other connection", "Same connection"], page.FindAll(".other-exports a").Select(link => link.TextContent))
        );
        Assert.StartsWith(
            "2 other exports send to this list: Other connection (Full), Same connection (Full). A person",
            page.Find(".other-exports").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_export_alone_on_its_list_names_no_others()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        var page = Open(pages, (await pages.AddAsync(Sharing.Administrators, "Readers"))[0].Id);

        Assert.Empty(page.FindAll(".other-exports"));
    }

    [Theory]
    [InlineData("Remove", "Other exports to the same list no longer take removed exports into account.")]
    [InlineData("Detach connection", "Other exports to the list no longer take this one into account.")]
    public async Task Before_the_export_lets_go_of_its_list_the_reader_learns_what_that_means(string command, string consequence)
    {
        await using var pages = await CreateAsync(Role.Administrator);
        var page = Open(pages, (await pages.AddAsync(Sharing.Administrators, "Readers"))[0].Id);
        var asked = pages.Context.Questions(false);
        Click(page, command);

        page.WaitForAssertion(() => Assert.Single(asked));
        var text = pages.Context.TextOf(asked[0]);
        Assert.Contains("stay on the list", text, StringComparison.Ordinal);
        Assert.Contains(consequence, text, StringComparison.Ordinal);
        Assert.Equal(1, await pages.CountAsync());
    }

    [Fact]
    public async Task After_the_removal_the_list_is_shown_and_no_error_before()
    {
        await using var pages = await CreateAsync(Role.Administrator);
        var page = Open(pages, (await pages.AddAsync(Sharing.Administrators, "Readers"))[0].Id);
        pages.Context.Questions(true);
        Click(page, "Remove");

        page.WaitForAssertion(() => Assert.Equal("/exports?done=removed", pages.Address));
        Assert.Empty(page.FindAll(".alert-danger"));
        Assert.Equal(0, await pages.CountAsync());
    }

    private static IRenderedComponent<ExportPage> Open(ExportPages pages, int id)
    {
        var page = pages.Open<ExportPage>($"/exports/{id}", parameters => parameters.Add(export => export.Id, id));
        page.WaitForElement(".facts");
        return page;
    }
}
