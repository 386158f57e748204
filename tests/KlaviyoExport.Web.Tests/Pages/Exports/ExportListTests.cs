using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Exports;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.EntityFrameworkCore;
using static KlaviyoExport.Web.Tests.Pages.Exports.ExportPages;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class ExportListTests
{
    public static TheoryData<Role, Sharing, bool, bool> Permissions =>
        new()
        {
            { Role.Viewer, Sharing.AllContributors, false, false },
            { Role.Operator, Sharing.AllContributors, true, false },
            { Role.Contributor, Sharing.AllContributors, true, true },
            { Role.Contributor, Sharing.Administrators, false, false },
            { Role.Administrator, Sharing.Administrators, true, true },
        };

    [Theory]
    [MemberData(nameof(Permissions))]
    public async Task A_row_offers_only_what_its_reader_may_do(Role role, Sharing sharing, bool run, bool edit)
    {
        await using var pages = await CreateAsync(role);
        await pages.AddAsync(sharing, "Readers");
        var list = Open(pages);

        Assert.Equal(run, Command(list, "Run now: Readers") is not null);
        Assert.Equal(edit, Command(list, "Edit: Readers") is not null);
        Assert.Equal(!edit, Command(list, "View: Readers") is not null);
        Assert.Equal(edit, Command(list, "More commands: Readers") is not null);
        Assert.Equal(role != Role.Viewer, Command(list, "Select Readers") is not null);
        if (!edit)
            return;
        Click(list, "More commands: Readers");
        Assert.All(
            ["Schedule: Readers", "Create duplicate: Readers", "Detach connection: Readers", "Remove: Readers"],
            command => Assert.NotNull(Command(list, command))
        );
    }

    [Fact]
    public async Task The_list_says_when_it_is_out_of_date_and_recovers_with_the_store()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        var export = (await pages.AddAsync(Sharing.Administrators, "Readers"))[0];
        var list = Open(pages);

        pages.Context.Probe.IsDown = true;
        await UntilAsync(() => list.FindAll(".alert-warning").Count == 1);
        Assert.Contains("not up to date", list.Find(".alert-warning").TextContent, StringComparison.Ordinal);
        pages.Context.Probe.IsDown = false;
        await using (var db = await pages.Context.OpenAsync())
        {
            db.Add(
                new Run
                {
                    ExportId = export.Id,
                    ActiveExportId = export.Id,
                    AccountId = "Pract1",
                    ListId = "Y6nRLr",
                    RequestedBy = "Ana",
                    State = RunState.Sending,
                }
            );
            await db.SaveChangesAsync(Cancel);
        }

        await UntilAsync(() =>
            list.FindAll(".alert-warning").Count == 0
            && list.FindAll("tbody .badge").Any(badge => badge.TextContent.Contains("sending", StringComparison.Ordinal))
        );

        Task UntilAsync(Func<bool> shows) => PageContext.UntilAsync(shows, () => pages.Context.Clock.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Type_and_connection_have_their_own_columns()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        await pages.AddAsync(Sharing.AllContributors, "Readers");
        var list = Open(pages);

        Assert.Equal(
            ["Display name", "Type", "Connection used"],
            list.FindAll("thead th").Take(3).Select(head => head.TextContent.Replace("arrow_drop_up", "", StringComparison.Ordinal).Trim())
        );
        Assert.Equal(["Readers", "Klaviyo", "Shop of Readers"], list.FindAll("tbody td").Take(3).Select(cell => cell.TextContent.Trim()));
        Assert.Equal(list.FindAll("thead th").Count, list.FindAll("tbody td").Count);
    }

    [Fact]
    public async Task Run_now_starts_one_run_and_opens_it_however_often_it_is_clicked()
    {
        await using var pages = await CreateAsync(Role.Operator);
        var export = (await pages.AddAsync(Sharing.Administrators, "Readers"))[0];
        var list = Open(pages);
        await Command(list, "Run now: Readers")!.ClickAsync(new());
        await Command(list, "Run now: Readers")!.ClickAsync(new());

        await using var db = await pages.Context.OpenAsync();
        var run = await db.Set<Run>().SingleAsync(Cancel);
        Assert.Equal(export.Id, run.ExportId);
        list.WaitForAssertion(() => Assert.Equal($"/runs/{run.Id}", pages.Address));
    }

    [Fact]
    public async Task Run_all_runs_exports_with_an_active_schedule_and_names_the_others_with_reasons()
    {
        await using var pages = await CreateAsync(Role.Operator);
        var exports = await pages.AddAsync(Sharing.Administrators, "Daily", "By hand");
        await pages.ChangeAsync(exports[0].Id, export => export.Schedule = new ExportSchedule { IsOn = true });
        var list = Open(pages);
        list.FindAll("button").Single(button => button.TextContent.Contains("Run all", StringComparison.Ordinal)).Click();

        list.WaitForAssertion(() =>
            Assert.Contains("Its schedule is off", list.Find(".alert-success").TextContent, StringComparison.Ordinal)
        );
        Assert.Contains("By hand", list.Find(".alert-success").TextContent, StringComparison.Ordinal);
        await using var db = await pages.Context.OpenAsync();
        Assert.Equal(exports[0].Id, (await db.Set<Run>().SingleAsync(Cancel)).ExportId);
    }

    [Fact]
    public async Task Selected_exports_are_started_together_and_a_running_one_is_named()
    {
        await using var pages = await CreateAsync(Role.Operator);
        var exports = await pages.AddAsync(Sharing.Administrators, "One", "Two", "Three");
        await pages.AddRunAsync(exports[1].Id, RunState.Sending);
        var list = Open(pages);
        Command(list, "Select One")!.Change(true);
        Command(list, "Select Two")!.Change(true);
        Click(list, "Run");

        list.WaitForAssertion(() =>
            Assert.Contains("already in progress", list.Find(".alert-success").TextContent, StringComparison.Ordinal)
        );
        await using var db = await pages.Context.OpenAsync();
        Assert.Equal(
            [exports[1].Id, exports[0].Id],
            await db.Set<Run>().OrderBy(run => run.Id).Select(run => run.ExportId).ToListAsync(Cancel)
        );
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 2)]
    public async Task Removing_asks_for_confirmation_and_names_what_is_lost(bool agree, int left)
    {
        await using var pages = await CreateAsync(Role.Contributor);
        var exports = await pages.AddAsync(Sharing.AllContributors, "One", "Two");
        await pages.AddRunAsync(exports[0].Id, RunState.Successful);
        await pages.ChangeAsync(exports[1].Id, export => export.Schedule = new ExportSchedule { IsOn = true });
        var asked = pages.Context.Questions(agree);
        var list = Open(pages);
        Command(list, "Select all on this page")!.Change(true);
        Click(list, "Remove");

        list.WaitForAssertion(() => Assert.Single(asked));
        var text = pages.Context.TextOf(asked[0]);
        Assert.Contains("One, Two", text, StringComparison.Ordinal);
        Assert.Contains("1 run in the history", text, StringComparison.Ordinal);
        Assert.Contains("Its schedule ends: Two", text, StringComparison.Ordinal);
        await list.InvokeAsync(() => Task.CompletedTask);
        list.WaitForAssertion(() => Assert.Equal(left, list.FindAll("tbody tr").Count));
        Assert.Equal(left, await pages.CountAsync());
    }

    [Fact]
    public async Task An_export_is_duplicated_once_and_the_copy_is_opened()
    {
        await using var pages = await CreateAsync(Role.Contributor);
        await pages.AddAsync(Sharing.AllContributors, "Readers");
        var list = Open(pages);
        Click(list, "More commands: Readers");
        await Command(list, "Create duplicate: Readers")!.ClickAsync(new());
        await Command(list, "Create duplicate: Readers")!.ClickAsync(new());

        await using var db = await pages.Context.OpenAsync();
        var copy = await db.Set<Export>().SingleAsync(export => export.Name == "Readers (copy)", Cancel);
        Assert.Equal(2, await pages.CountAsync());
        Assert.Equal($"/exports/{copy.Id}/edit", pages.Address);
    }

    [Fact]
    public async Task A_detached_export_has_no_connection_and_cannot_be_run()
    {
        await using var pages = await CreateAsync(Role.Administrator);
        await pages.AddAsync(Sharing.Administrators, "Readers");
        var asked = pages.Context.Questions(true);
        var list = Open(pages);
        Click(list, "More commands: Readers");
        Click(list, "Detach connection: Readers");

        list.WaitForAssertion(() => Assert.Contains("No connection", list.Find("tbody").TextContent, StringComparison.Ordinal));
        Assert.Contains("Shop of Readers", pages.Context.TextOf(asked[0]), StringComparison.Ordinal);
        Assert.True(Command(list, "Run now: Readers")!.HasAttribute("disabled"));
        Assert.Null(Command(list, "Detach connection: Readers"));
    }

    [Fact]
    public async Task The_URL_reflects_the_view()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        await pages.AddAsync(Sharing.Administrators, [.. Enumerable.Range(1, 30).Select(number => $"Export {number:00}")]);
        var list = Open(pages, "/exports?descending=true&page=2");
        Assert.Equal(
            ["Export 05", "Export 04", "Export 03", "Export 02", "Export 01"],
            list.FindAll(".lead-cell").Select(cell => cell.TextContent)
        );
        Assert.Equal("exports?descending=true", list.Find("[rel=prev]").GetAttribute("href"));

        list = Open(pages, "/exports?search=export%2017");
        Assert.Equal("Export 17", list.Find(".lead-cell").TextContent);
        Assert.Equal("export 17", list.Find("[type=search]").GetAttribute("value"));
    }

    [Fact]
    public async Task A_search_without_results_says_so_and_links_to_all()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        await pages.AddAsync(Sharing.Administrators, "Readers");
        var list = Open(pages, "/exports?search=nothing");

        Assert.Contains("No export matches", list.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("exports", list.Find(".empty a").GetAttribute("href"));
    }

    [Theory]
    [InlineData(Role.Viewer, "Contributors and administrators add exports", null, "help/how-it-works")]
    [InlineData(Role.Contributor, "Ask an administrator", null, "help/how-it-works")]
    [InlineData(Role.Administrator, "Add a connection", "connections/discover", "help/administrator#connect-klaviyo")]
    public async Task Without_exports_the_page_shows_the_readers_next_step(Role role, string text, string? address, string guide)
    {
        await using var pages = await CreateAsync(role);
        var list = Open(pages);

        Assert.Contains(text, list.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal(address, list.FindAll(".empty a.button").SingleOrDefault()?.GetAttribute("href"));
        Assert.Equal(guide, list.Find(".empty-help a").GetAttribute("href"));
    }

    [Fact]
    public async Task A_queued_run_says_what_it_waits_for_and_a_missed_one_says_so()
    {
        await using var pages = await CreateAsync(Role.Viewer);
        var exports = await pages.AddAsync(Sharing.Administrators, "First", "Second");
        await pages.AddRunAsync(exports[0].Id, RunState.Sending);
        await pages.AddRunAsync(exports[1].Id, RunState.Queued);
        await pages.ChangeAsync(exports[1].Id, export => export.MissedAt = pages.Context.Clock.GetUtcNow().AddDays(-1));
        var list = Open(pages);

        list.WaitForAssertion(() => Assert.Contains("Waiting for run", list.Markup, StringComparison.Ordinal));
        Assert.Contains("Missed", list.Find(".missed").TextContent, StringComparison.Ordinal);
    }

    private static IRenderedComponent<ExportList> Open(ExportPages pages, string address = "/exports")
    {
        var list = pages.Open<ExportList>(address);
        list.WaitForElement("table, .empty");
        return list;
    }
}
