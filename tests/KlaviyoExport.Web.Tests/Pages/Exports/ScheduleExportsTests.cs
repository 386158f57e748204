using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Web.Pages.Exports.Scheduling;
using Microsoft.EntityFrameworkCore;
using static KlaviyoExport.Web.Tests.Pages.Exports.ExportPages;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class ScheduleExportsTests
{
    [Fact]
    public async Task An_own_recurrence_is_shown_with_its_next_five_times_and_saved()
    {
        await using var pages = await CreateAsync(Role.Contributor);
        var export = (await pages.AddAsync(Sharing.AllContributors, "Readers"))[0];
        var page = Open(pages, export.Id);
        Choose(page, "On");
        Choose(page, "Own recurrence");
        page.Find("#kind").Change("Monthly");
        page.Find("#day-of-month").Change("0");
        page.Find("[type=time]").Change("06:30");
        page.Find("#time-zone").Change("Europe/Belgrade");
        Assert.Equal(5, page.FindAll(".next-five li").Count);
        Assert.All(page.FindAll(".next-five time"), time => Assert.Contains("06:30", time.TextContent, StringComparison.Ordinal));
        page.Find("#missed").Change("Skip");

        await page.Find("form").SubmitAsync();

        await using var db = await pages.Context.OpenAsync();
        var saved = await db.Set<Export>().SingleAsync(Cancel);
        Assert.True(saved.Schedule.IsOn);
        Assert.Equal(
            (RecurrenceKind.Monthly, Recurrence.LastDay, "Europe/Belgrade"),
            (saved.Schedule.Own!.Kind, saved.Schedule.Own.DayOfMonth, saved.Schedule.Own.TimeZone)
        );
        Assert.Equal([new TimeOnly(6, 30)], saved.Schedule.Own.Times);
        Assert.Equal(WhenMissed.Skip, saved.Schedule.WhenMissed);
        Assert.NotNull(saved.NextRunAt);
        Assert.Equal($"/exports/{export.Id}?done=scheduled", pages.Address);
        // The page does not say for a moment that no export was chosen.
        Assert.Empty(page.FindAll(".alert-danger"));
    }

    [Theory]
    [InlineData("Weekly", "", "", "at least one day")]
    [InlineData("Cron", "#cron", "not cron", "not a cron expression")]
    [InlineData("Cron", "#cron", "0 0 0 31 2 ?", "never occurs")]
    [InlineData("Daily", "#time-zone", "Europe/Nowhere", "no time zone")]
    [InlineData("Daily", "[type=time]", "", "times of day")]
    public async Task Errors_are_named_and_prevent_saving(string kind, string field, string value, string said)
    {
        await using var pages = await CreateAsync(Role.Administrator);
        var page = Open(pages, (await pages.AddAsync(Sharing.Administrators, "Readers"))[0].Id);
        Choose(page, "On");
        Choose(page, "Own recurrence");
        page.Find("#kind").Change(kind);
        if (field == "#cron")
            page.Find(field).Input(value);
        else if (field.Length > 0)
            page.Find(field).Change(value);

        Assert.Contains(said, page.Find(".next-five").TextContent, StringComparison.Ordinal);
        Assert.True(page.Find("[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task The_system_refresh_is_followed_unless_a_recurrence_is_chosen()
    {
        await using var pages = await CreateAsync(Role.Administrator);
        var page = Open(pages, (await pages.AddAsync(Sharing.Administrators, "Readers"))[0].Id);
        Choose(page, "On");
        await page.Find("form").SubmitAsync();

        await using var db = await pages.Context.OpenAsync();
        Assert.True((await db.Set<Export>().SingleAsync(Cancel)).Schedule.FollowsRefresh);
    }

    [Fact]
    public async Task Several_keep_their_own_schedules_when_they_are_turned_on()
    {
        await using var pages = await CreateAsync(Role.Administrator);
        var exports = await pages.AddAsync(Sharing.Administrators, "One", "Two");
        await pages.ChangeAsync(
            exports[0].Id,
            export => export.Schedule = new ExportSchedule { Own = new Recurrence { Times = [new TimeOnly(5, 0)] } }
        );
        var page = Open(pages, exports[0].Id, exports[1].Id);
        Choose(page, "On");
        await page.Find("form").SubmitAsync();

        await using var db = await pages.Context.OpenAsync();
        var saved = await db.Set<Export>().OrderBy(export => export.Id).ToListAsync(Cancel);
        Assert.All(saved, export => Assert.True(export.Schedule.IsOn));
        Assert.NotNull(saved[0].Schedule.Own);
        Assert.Null(saved[1].Schedule.Own);
    }

    [Fact]
    public async Task A_new_schedule_for_all_replaces_each()
    {
        await using var pages = await CreateAsync(Role.Administrator);
        var exports = await pages.AddAsync(Sharing.Administrators, "One", "Two");
        await pages.ChangeAsync(
            exports[0].Id,
            export => export.Schedule = new ExportSchedule { Own = new Recurrence { Times = [new TimeOnly(5, 0)] } }
        );
        var page = Open(pages, exports[0].Id, exports[1].Id);
        Choose(page, "Define a new schedule for all");
        Choose(page, "On");
        Choose(page, "Own recurrence");
        page.Find("#kind").Change("Hourly");
        page.Find("#every-hours").Change("6");
        await page.Find("form").SubmitAsync();

        await using var db = await pages.Context.OpenAsync();
        Assert.All(
            await db.Set<Export>().ToListAsync(Cancel),
            export => Assert.Equal((RecurrenceKind.Hourly, 6), (export.Schedule.Own!.Kind, export.Schedule.Own.EveryHours))
        );
    }

    [Fact]
    public async Task An_export_on_a_connection_that_is_not_shared_cannot_be_scheduled()
    {
        await using var pages = await CreateAsync(Role.Contributor);
        var export = (await pages.AddAsync(Sharing.Administrators, "Readers"))[0];
        var page = pages.Open<ScheduleExports>($"/exports/schedule?id={export.Id}");

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".alert-danger")));
        Assert.Empty(page.FindAll("form"));
    }

    private static void Choose(IRenderedComponent<ScheduleExports> page, string text) =>
        page.FindAll("label.choice")
            .Single(label => label.QuerySelector("span")!.ChildNodes[0].TextContent.Trim() == text)
            .QuerySelector("input")!
            .Change(true);

    private static IRenderedComponent<ScheduleExports> Open(ExportPages pages, params int[] ids)
    {
        var page = pages.Open<ScheduleExports>("/exports/schedule?" + string.Join('&', ids.Select(id => $"id={id}")));
        page.WaitForElement("form");
        return page;
    }
}
