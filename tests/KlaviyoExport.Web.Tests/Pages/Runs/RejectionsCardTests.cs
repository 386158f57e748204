using Bunit;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunPage = KlaviyoExport.Web.Pages.Runs.RunPage;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class RejectionsCardTests
{
    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_grouped_by_reason_and_paged()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        var page = await RenderAsync(context);

        Assert.Equal(["All 48", "Without email 45", "Refused by Klaviyo 3"], Reasons(page));
        Assert.Equal(20, Rows(page).Count);
        await Press(page, "Next");
        await Press(page, "Next");
        Assert.Equal("41–48 of 48", page.Find(".pager [role=status]").TextContent);
        await page.FindAll(".filters button")[2].ClickAsync(new());
        Assert.Equal(["C-45", "C-46", "C-47"], Rows(page));
        Assert.Contains("Detail shows the reason that Klaviyo gave.", page.Find("#rejections .hint").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Contributor, "CLARA@", new[] { "C-46" })]
    [InlineData(Role.Operator, "clara@", new string[0])]
    [InlineData(Role.Viewer, "c-12", new[] { "C-12" })]
    [InlineData(Role.Viewer, "phone", new[] { "C-45", "C-46", "C-47" })]
    public async Task A_search_finds_only_what_its_reader_may_see(Role role, string text, string[] found)
    {
        await using var context = await PageContext.CreateAsync(role);
        var page = await RenderAsync(context);

        await page.Find("#rejections input[type=search]").ChangeAsync(new ChangeEventArgs { Value = text });
        await page.Find("#rejections form").SubmitAsync();

        Assert.Equal(found, Rows(page));
        Assert.Equal(found.Length == 0, page.Markup.Contains("No rejection matches the search.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, true)]
    [InlineData(Role.Contributor, true)]
    [InlineData(Role.Administrator, true)]
    public async Task People_who_may_run_the_export_can_resend_only_these(Role role, bool may)
    {
        await using var context = await PageContext.CreateAsync(role);
        var page = await RenderAsync(context);
        await page.FindAll(".filters button")[2].ClickAsync(new());
        Assert.Equal(may, page.FindAll("button").Any(button => button.TextContent.Contains("Retry only these", StringComparison.Ordinal)));
        if (!may)
            return;

        await Press(page, "Retry only these");

        await using var db = await context.OpenAsync();
        var retry = await db.Set<Run>().SingleAsync(run => run.RetriesRunId != null, Cancel);
        Assert.EndsWith($"/runs/{retry.Id}", context.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        var told = await db.Set<RunEvent>().SingleAsync(line => line.RunId == retry.Id, Cancel);
        Assert.Contains("the 3 profiles that run 1 rejected (Refused by Klaviyo)", told.What.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resend_while_the_export_runs_is_refused_with_a_message()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        var page = await RenderAsync(context);
        await using (var db = await context.OpenAsync())
        {
            var run = await db.Set<Run>().AsNoTracking().SingleAsync(Cancel);
            db.Set<Run>()
                .Add(
                    new Run
                    {
                        ExportId = run.ExportId,
                        ActiveExportId = run.ExportId,
                        AccountId = run.AccountId,
                        ListId = run.ListId,
                        RequestedBy = "Ana",
                        QueuedAt = run.QueuedAt,
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }

        await Press(page, "Retry rejected");

        Assert.Contains("already in progress, as run 2", page.Find("#rejections .alert-danger").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profiles_that_could_not_be_removed_are_not_offered_for_resending()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        var page = await RenderAsync(
            context,
            new Rejection
            {
                Ordinal = 99,
                ProfileKey = "C-99",
                Reason = RejectionReason.KeptOnList,
            }
        );

        await page.FindAll(".filters button")[3].ClickAsync(new());

        Assert.Equal(["C-99"], Rows(page));
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Contains("Retry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_download_uses_the_filter_on_the_reason()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var page = await RenderAsync(context);
        Assert.Equal("runs/1/rejections.csv", page.Find("a[download]").GetAttribute("href"));

        await page.FindAll(".filters button")[1].ClickAsync(new());

        Assert.Equal("runs/1/rejections.csv?reason=WithoutEmail", page.Find("a[download]").GetAttribute("href"));
    }

    private static async Task<IRenderedComponent<RunPage>> RenderAsync(PageContext context, params Rejection[] more)
    {
        var run = await context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.CompletedWithWarnings, null));
        await using (var db = await context.OpenAsync())
        {
            var secrets = context.Ui.Services.GetRequiredService<SecretProtector>();
            var missing = Enumerable
                .Range(0, 45)
                .Select(number => new Rejection
                {
                    RunId = run.Id,
                    Ordinal = number,
                    ProfileKey = $"C-{number:00}",
                    Reason = RejectionReason.WithoutEmail,
                });
            var refused = new[] { "anna", "clara", "pere" }.Select(
                (name, index) =>
                    new Rejection
                    {
                        RunId = run.Id,
                        Ordinal = 45 + index,
                        ProfileKey = $"C-{45 + index}",
                        Reason = RejectionReason.Refused,
                        Code = "invalid",
                        Detail = "Invalid phone number",
                        Email = secrets.ProtectEmail($"{name}@example.com"),
                    }
            );
            foreach (var rejection in missing.Concat(refused).Concat(more))
            {
                rejection.RunId = run.Id;
                db.Set<Rejection>().Add(rejection);
            }
            await db.SaveChangesAsync(Cancel);
        }
        var page = context.Ui.Render<RunPage>(parameters => parameters.Add(page => page.Id, run.Id));
        page.WaitForState(() => page.FindAll("#rejections tbody tr").Count > 0);
        return page;
    }

    private static Task Press(IRenderedComponent<RunPage> page, string name) =>
        page.FindAll("button").Single(button => button.TextContent.Contains(name, StringComparison.Ordinal)).ClickAsync(new());

    private static IReadOnlyList<string> Reasons(IRenderedComponent<RunPage> page) =>
        [.. page.FindAll(".filters button").Select(button => button.TextContent)];

    private static List<string> Rows(IRenderedComponent<RunPage> page) =>
        [.. page.FindAll("#rejections tbody td:first-child").Select(cell => cell.TextContent)];
}
