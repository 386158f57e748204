using Bunit;
using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.System;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Pages.System;

public sealed class StatusPageTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Viewer, "")]
    [InlineData(Role.Operator, "Run now: Readers")]
    [InlineData(Role.Contributor, "Run now: Readers, Recount Everybody")]
    [InlineData(Role.Administrator, "Run now: Readers, Reload Customers, Recount Everybody")]
    public async Task Everybody_sees_every_task_and_can_start_what_their_role_allows(Role role, string starts)
    {
        await using var context = await PageContext.CreateAsync(role);
        await AddTasksAsync(context, RunState.FailedPermanent);

        var page = Render(context);

        Assert.Equal(["Readers", "Customers", "Everybody"], Names(page));
        Assert.Equal("Failed (permanent)", page.Find("tbody .badge").LastChild!.TextContent);
        Assert.Equal(
            starts,
            string.Join(", ", page.FindAll(".row-actions button:not([aria-expanded])").Select(button => button.GetAttribute("aria-label")))
        );
        Assert.Empty(page.FindAll(".button-danger"));
    }

    [Theory]
    [InlineData(Role.Administrator, true)]
    [InlineData(Role.Viewer, false)]
    public async Task A_data_directory_that_other_users_can_read_is_told_and_administrators_see_the_command(Role role, bool hasCommand)
    {
        if (OperatingSystem.IsWindows())
            return; // Windows has no such modes.
        await using var context = await PageContext.CreateAsync(role);
        Assert.Contains("For its owner only", Render(context).Find("[aria-labelledby=health]").TextContent, StringComparison.Ordinal);
        var file = context.Ui.Services.GetRequiredService<IOptions<StoreOptions>>().Value.PathOf("copied.db");
        await File.WriteAllTextAsync(file, "", Cancel);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var health = Render(context).Find("[aria-labelledby=health]");

        Assert.Contains("Open to others", health.TextContent, StringComparison.Ordinal);
        Assert.Equal(hasCommand, health.QuerySelector("code")?.TextContent.StartsWith("chmod -R go= ", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task The_status_page_updates_until_the_run_ends_and_stops_when_it_is_left()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await AddTasksAsync(context, RunState.Sending, run => (run.Stage, run.Done, run.Total) = (Stage.Send, 500, 1_000));
        var page = Render(context);
        Assert.Contains("500 of 1,000", page.Markup, StringComparison.Ordinal);
        Assert.Equal("50", page.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        await context.TurnAsync(TimeSpan.Zero);

        await context.ChangeAsync(run.Id, run => run.Done = 700);
        await BeatAsync(context, page, () => page.Markup.Contains("700 of 1,000", StringComparison.Ordinal));

        await context.ChangeAsync(
            run.Id,
            run => (run.State, run.ActiveExportId, run.FinishedAt) = (RunState.Successful, null, context.Clock.GetUtcNow())
        );
        await BeatAsync(context, page, () => page.FindAll("[role=progressbar]").Count == 0);
        Assert.Contains("Successful", page.Markup, StringComparison.Ordinal);

        await context.Ui.DisposeComponentsAsync();
        Assert.Equal(0, context.Clock.WaitingTimers);
    }

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, true)]
    [InlineData(Role.Contributor, true)]
    [InlineData(Role.Administrator, true)]
    public async Task A_job_is_canceled_by_those_who_may_run_it_after_a_question(Role role, bool may)
    {
        await using var context = await PageContext.CreateAsync(role);
        context.Answer(true);
        await AddTasksAsync(context, RunState.Sending);
        var page = Render(context);
        Assert.Equal(may, page.FindAll(".button-danger").Count == 1);
        if (!may)
            return;

        await page.Find(".button-danger").ClickAsync(new());

        await using var db = await context.OpenAsync();
        Assert.Equal("Ana", (await db.Set<Run>().SingleAsync(Cancel)).CancelRequestedBy);
    }

    [Fact]
    public async Task A_missed_run_is_shown_as_missed_and_found_by_the_address()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        await AddTasksAsync(context, RunState.Successful);
        await using (var db = await context.OpenAsync())
            await db.Set<Export>()
                .ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, context.Clock.GetUtcNow().AddHours(-3)), Cancel);
        var page = Render(context, "/system/status?status=missed");

        Assert.Equal(["Readers"], Names(page));
        var badges = page.FindAll("tbody .badge").Select(badge => badge.LastChild!.TextContent);
        Assert.Equal(["Successful", "Missed"], badges);
        Assert.Equal("true", Render(context, "/system/status?status=attention").FindAll(".filters a")[1].GetAttribute("aria-current"));
    }

    [Theory]
    [InlineData("/system/status?kind=segment", "Everybody")]
    [InlineData("/system/status?kind=source&text=CUST", "Customers")]
    [InlineData("/system/status?kind=nonsense&status=nonsense&page=99", "Customers, Everybody, Readers")]
    [InlineData("/system/status?text=nobody", "")]
    public async Task The_filter_is_in_the_URL(string address, string names)
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        await AddTasksAsync(context, RunState.Successful);

        var page = Render(context, address);

        Assert.Equal(names, string.Join(", ", Names(page)));
        Assert.Equal(names.Length == 0, page.FindAll(".none-found").Count == 1);
    }

    [Fact]
    public async Task Choices_are_written_to_the_URL()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        await AddTasksAsync(context, RunState.Successful);
        var page = Render(context);

        page.FindAll("select")[0].Change("Export");
        page.FindAll("select")[1].Change("Successful");
        page.Find("input[type=search]").Change(" read ");

        Assert.EndsWith(
            "/system/status?kind=export&status=Successful&text=read",
            context.Ui.Services.GetRequiredService<NavigationManager>().Uri,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_latest_times_of_a_task_can_be_shown_and_hidden()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await AddTasksAsync(context, RunState.Successful);
        var page = Render(context, "/system/status?kind=export");

        await page.Find("button[aria-expanded=false]").ClickAsync(new());

        Assert.Contains("started by a person", page.Find(".detail-row").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll($".detail-row a[href='runs/{run.Id}']"));
        await page.Find("button[aria-expanded=true]").ClickAsync(new());
        Assert.Empty(page.FindAll(".detail-row"));
    }

    [Fact]
    public async Task A_run_is_queued_from_here_and_a_refusal_is_shown()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        await AddTasksAsync(context, RunState.FailedPermanent);
        var page = Render(context);

        await page.Find(".row-actions button").ClickAsync(new());
        Assert.Contains("A run of Readers is queued.", page.Find(".alert-success").TextContent, StringComparison.Ordinal);
        await using (var db = await context.OpenAsync())
            Assert.Equal(1, await db.Set<Run>().CountAsync(run => run.State == RunState.Queued, Cancel));
    }

    [Fact]
    public async Task An_empty_installation_says_what_will_be_shown_here()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);

        Assert.Contains("No tasks yet", Render(context).Find(".empty").TextContent, StringComparison.Ordinal);
    }

    private static IRenderedComponent<StatusPage> Render(PageContext context, string address = "/system/status")
    {
        context.Ui.Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        var page = context.Ui.Render<StatusPage>();
        page.WaitForState(() => page.FindAll("#health").Count == 1);
        return page;
    }

    [Fact]
    public async Task A_run_started_in_another_process_over_the_same_store_shows_within_two_seconds()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var before = await AddTasksAsync(context, RunState.Successful);
        var page = Render(context);
        await using var other = OtherProcess(context);
        await context.TurnAsync(TimeSpan.Zero);

        var begun = context.Clock.GetUtcNow();
        await other.GetRequiredService<RunService>().StartAsync(Actor.System, before.ExportId, Cancel);
        await BeatAsync(context, page, () => page.Markup.Contains("Queued", StringComparison.Ordinal));

        Assert.True(context.Clock.GetUtcNow() - begun <= 2 * Second);
        Assert.Equal("Readers", Names(page)[0]);
    }

    /// <summary>The services of a second host that shares only the files with the page.</summary>
    private static ServiceProvider OtherProcess(PageContext context)
    {
        var configuration = context.Ui.Services.GetRequiredService<IConfiguration>();
        var store = context.Ui.Services.GetRequiredService<IOptions<StoreOptions>>().Value;
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(context.Clock)
            .AddData(
                new ConfigurationBuilder()
                    .AddInMemoryCollection(new Dictionary<string, string?> { ["DataDirectory"] = store.DataDirectory })
                    .Build(),
                store.DataDirectory
            )
            .AddSingleton<Audit>()
            .AddProduct(configuration)
            .AddSingleton(configuration)
            .BuildServiceProvider();
    }

    /// <summary>Advances the clock until the page shows a text.</summary>
    private static async Task BeatAsync(PageContext context, IRenderedComponent<StatusPage> page, Func<bool> shows)
    {
        await context.TurnAsync(TimeSpan.FromSeconds(1));
        page.WaitForState(shows);
    }

    private static string[] Names(IRenderedComponent<StatusPage> page) =>
        [.. page.FindAll("tbody td.lead-cell").Select(cell => cell.QuerySelector("a, span")!.TextContent)];

    /// <summary>Adds a source, a segment, an export and its run.</summary>
    private static async Task<Run> AddTasksAsync(PageContext context, RunState state, Action<Run>? set = null)
    {
        var run = await context.AddRunAsync(run =>
        {
            run.State = state;
            if (state.IsFinal())
                (run.ActiveExportId, run.StartedAt, run.FinishedAt) = (null, run.QueuedAt, run.QueuedAt.AddSeconds(90));
            set?.Invoke(run);
        });
        await using var db = await context.OpenAsync();
        var source = await db.Set<Source>().SingleAsync(Cancel);
        db.Set<Segment>()
            .Add(
                new Segment
                {
                    Name = "Everybody",
                    SourceId = source.Id,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                    CreatedBy = "Ana",
                }
            );
        await db.SaveChangesAsync(Cancel);
        return run;
    }
}
