using AngleSharp.Dom;
using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Pages.System;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.System;

public sealed class SchedulePageTests : IAsyncLifetime
{
    private PageContext _context = default!;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    private RefreshService Refreshes => _context.Ui.Services.GetRequiredService<RefreshService>();

    public async ValueTask InitializeAsync()
    {
        _context = await PageContext.CreateAsync(Role.Administrator);
        _context.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    [Fact]
    public async Task The_schedule_is_off_until_turned_on_and_shows_the_next_five_times_before_saving()
    {
        var page = Render();
        Assert.Empty(page.FindAll(".next-times li"));
        Assert.True(Save(page).HasAttribute("disabled"));

        page.FindAll("input[name=on]")[1].Change(true);
        page.Find("#time-zone").Change("Europe/Belgrade");
        Assert.Equal(5, page.FindAll(".next-times li").Count);
        Assert.Equal("2026-11-23T02:00:00.0000000+01:00", page.Find(".next-times time").GetAttribute("datetime"));
        Assert.True(page.Find("form").HasAttribute("data-unsaved"));

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("Saved", page.Find(".alert-success").TextContent, StringComparison.Ordinal));
        var plan = await Refreshes.GetPlanAsync(await AnaAsync(), Cancel);
        Assert.True(plan.IsOn);
        Assert.Equal(("Europe/Belgrade", RecurrenceKind.Daily), (plan.Recurrence.TimeZone, plan.Recurrence.Kind));
        Assert.False(page.Find("form").HasAttribute("data-unsaved"));
    }

    [Fact]
    public void Weekly_without_a_day_and_the_same_time_twice_cannot_be_saved()
    {
        var page = Render();
        page.FindAll("input[name=on]")[1].Change(true);
        page.FindAll("input[name=often]")[1].Change(true);
        Assert.Contains("at least one day", page.Find(".alert-warning").TextContent, StringComparison.Ordinal);
        Assert.True(Save(page).HasAttribute("disabled"));

        page.FindAll("input[type=checkbox]")[0].Change(true);
        Assert.Empty(page.FindAll(".alert-warning"));
        Button(page, "Add time").Click();
        page.FindAll("input[type=time]")[1].Change("02:00");
        Assert.Contains("each different", page.Find(".alert-warning").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Four_times_are_the_maximum()
    {
        var page = Render();
        page.FindAll("input[name=on]")[1].Change(true);
        for (var more = 0; more < 3; more++)
            Button(page, "Add time").Click();

        Assert.Equal(4, page.FindAll("input[type=time]").Count);
        Assert.DoesNotContain("Add time", page.Markup, StringComparison.Ordinal);
        page.Find("[aria-label='Remove time 1']").Click();
        Assert.Equal(3, page.FindAll("input[type=time]").Count);
    }

    [Fact]
    public async Task A_save_by_somebody_else_is_reported_and_the_choices_are_kept()
    {
        var page = Render();
        page.FindAll("input[name=on]")[1].Change(true);
        page.Find("#time-zone").Change("Europe/Madrid");
        var theirs = await Refreshes.GetPlanAsync(await AnaAsync(), Cancel);
        theirs.IsOn = true;
        await Refreshes.SavePlanAsync(await AnaAsync(), theirs, Cancel);

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() =>
            Assert.Contains("Someone else changed this", page.Find(".alert-danger").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal("Europe/Madrid", page.Find("#time-zone").GetAttribute("value"));
        Button(page, "Reload").Click();
        page.WaitForAssertion(() => Assert.Equal("UTC", page.Find("#time-zone").GetAttribute("value")));
    }

    [Fact]
    public async Task A_refresh_is_started_and_canceling_asks_first()
    {
        _context.Answer(true);
        var page = Render();
        Assert.Contains("No refresh has run yet.", page.Markup, StringComparison.Ordinal);

        Button(page, "Refresh now").Click();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[role=progressbar]")));
        Button(page, "Cancel the refresh").Click();
        page.WaitForAssertion(() => Assert.Contains("Ana asked to cancel the refresh.", page.Markup, StringComparison.Ordinal));

        await using var db = await _context.OpenAsync();
        Assert.Equal("Ana", (await db.Set<Refresh>().SingleAsync(Cancel)).CancelRequestedBy);
    }

    [Fact]
    public async Task The_end_of_a_refresh_is_told_to_the_person_who_started_it_however_soon_it_comes()
    {
        var page = Render();
        Button(page, "Refresh now").Click();
        page.WaitForAssertion(() => Assert.Equal("The refresh has started.", page.Find(".alert-info").TextContent.Trim()));
        await using (var db = await _context.OpenAsync())
            await db.Set<Refresh>()
                .ExecuteUpdateAsync(set => set.SetProperty(refresh => refresh.FinishedAt, _context.Clock.GetUtcNow()), Cancel);

        await page.InvokeAsync(() => page.FindComponent<LiveUpdates>().Instance.Changed());

        Assert.Equal("The refresh has ended.", page.Find(".alert-info").TextContent.Trim());
    }

    [Fact]
    public async Task The_tasks_of_the_last_refresh_are_listed_in_order_of_execution()
    {
        await using (var db = await _context.OpenAsync())
        {
            var refresh = new Refresh
            {
                RequestedBy = "Ana",
                StartedAt = _context.Clock.GetUtcNow(),
                FinishedAt = _context.Clock.GetUtcNow(),
            };
            db.Add(refresh);
            await db.SaveChangesAsync(Cancel);
            foreach (var kind in new[] { RefreshTaskKind.Export, RefreshTaskKind.Segment, RefreshTaskKind.Source })
                db.Add(
                    new RefreshTask
                    {
                        RefreshId = refresh.Id,
                        Kind = kind,
                        Name = kind.ToString(),
                        State = RefreshTaskState.Successful,
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(["Source", "Segment", "Export"], Render().FindAll("td.lead-cell").Select(cell => cell.TextContent));
    }

    private Task<Actor> AnaAsync() => _context.Ui.Services.GetRequiredService<CurrentActor>().GetAsync(Cancel);

    private IRenderedComponent<SchedulePage> Render()
    {
        var page = _context.Ui.Render<SchedulePage>();
        page.WaitForElement("form");
        return page;
    }

    private static IElement Save(IRenderedComponent<SchedulePage> page) => page.Find("button[type=submit]");

    private static IElement Button(IRenderedComponent<SchedulePage> page, string text) =>
        page.FindAll("button").Single(button => button.TextContent.Trim().EndsWith(text, StringComparison.Ordinal));
}
