using Bunit;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Pages.Runs;
using KlaviyoExport.Web.Tests.Components;
using RunPage = KlaviyoExport.Web.Pages.Runs.RunPage;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class RunChangesCardTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 11, 0, 0, TimeSpan.Zero);
    private static readonly SourceReading Before = new(1, At.AddDays(-1), 5_000, 13, "a");

    [Theory]
    [InlineData("en", "Ana changed the segment “Readers”: 1 hour ago", "Role: yes")]
    [InlineData("sr-Cyrl", "Сегмент „Readers“ је изменио корисник Ana: пре 1 сат", "Улога: да")]
    [InlineData("ca", "Ana va canviar el segment «Readers»: fa 1 hora", "Rol: sí")]
    public async Task An_edit_is_told_with_its_person_time_and_detail(string language, string told, string detail)
    {
        await using var ui = new UiContext(language);
        var edit = new DefinitionEdit(EditedPart.Segment, "Readers", 1, At, "Ana", Detail());

        var item = Render(ui, Changes(edit)).Find(".change-list li");

        Assert.StartsWith(told, Words(item.TextContent), StringComparison.Ordinal);
        Assert.Equal(detail, item.QuerySelector("div")!.TextContent);
    }

    [Theory]
    [InlineData(EditedPart.Export, "Ana changed the export:")]
    [InlineData(EditedPart.Source, "Ana changed the source “Readers”:")]
    [InlineData(EditedPart.Connection, "Ana changed the connection “Readers”:")]
    public async Task An_edit_without_a_detail_is_told_too(EditedPart part, string told)
    {
        await using var ui = new UiContext();

        var item = Render(ui, Changes(new DefinitionEdit(part, "Readers", 1, At, "Ana", null))).Find(".change-list li");

        Assert.StartsWith(told, Words(item.TextContent), StringComparison.Ordinal);
        Assert.Null(item.QuerySelector("div"));
    }

    [Fact]
    public async Task Another_load_of_the_source_is_told_with_its_difference()
    {
        await using var ui = new UiContext();
        var same = Changes() with { Source = new SourceChange(1, "Customers", Before, Before with { LoadedAt = At, Rows = 4_900 }) };
        var wider = Changes() with { Source = new SourceChange(1, "Customers", Before, Before with { Columns = 14, Shape = "b" }) };
        var other = Changes() with { Source = new SourceChange(2, "New", Before, Before with { SourceId = 2, LoadedAt = null }) };

        var item = Render(ui, same).Find(".change-list li");
        Assert.StartsWith("The source Customers was loaded again 1 hour ago", Words(item.TextContent), StringComparison.Ordinal);
        Assert.Equal("Rows: 5,000 → 4,900 (−100). The columns are the same.", Words(item.QuerySelector("div")!.TextContent));
        Assert.Contains(
            "Rows: 5,000 → 5,000 (=). The columns are different: 13 before, 14 now.",
            Words(Render(ui, wider).Find(".change-list li").TextContent),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "The source is another one now: New",
            Words(Render(ui, other).Find(".change-list li").TextContent),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nothing_that_changed_is_told_as_that()
    {
        await using var ui = new UiContext();

        Assert.StartsWith(
            "Nobody has changed the export",
            Render(ui, Changes()).FindAll(".hint")[^1].TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_changed_is_shown_while_the_run_is_in_progress_and_the_counts_are_compared_at_its_end()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var now = context.Clock.GetUtcNow();
        var before = await context.AddRunAsync(run =>
        {
            (run.State, run.ActiveExportId, run.StartedAt, run.FinishedAt) = (RunState.Successful, null, now.AddDays(-1), now.AddDays(-1));
        });
        await using (var db = await context.OpenAsync())
        {
            db.Add(
                new Run
                {
                    ExportId = before.ExportId,
                    ActiveExportId = before.ExportId,
                    AccountId = before.AccountId,
                    ListId = "Other1",
                    RequestedBy = "Ana",
                    QueuedAt = now,
                    StartedAt = now,
                    State = RunState.Sending,
                }
            );
            await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        }
        var page = context.Ui.Render<RunPage>(parameters => parameters.Add(page => page.Id, before.Id + 1));
        page.WaitForElement("#changes");
        Assert.Empty(page.FindAll(".sum-compared"));

        await PageContext.UntilAsync(() => context.Clock.WaitingTimers == 1);
        await context.ChangeAsync(
            before.Id + 1,
            run => (run.State, run.ActiveExportId, run.FinishedAt) = (RunState.Successful, null, now.AddSeconds(3))
        );
        context.Clock.Advance(TimeSpan.FromSeconds(1));

        page.WaitForElement(".sum-compared");
        Assert.NotEmpty(page.FindAll("#changes"));
        Assert.Empty(page.FindComponents<LiveUpdates>());
    }

    private static LocalizedMessage Detail() =>
        new("People.ChangeOfItems", new LocalizedMessage("People.Field.Role"), new LocalizedMessage("People.Yes"));

    private static RunChanges Changes(params DefinitionEdit[] edits) =>
        new(7, At, new Ledger(), new RunSpeed(null, null), new RunSpeed(null, null), null, edits, null);

    private static IRenderedComponent<ChangesCard> Render(UiContext ui, RunChanges changes) =>
        ui.Render<ChangesCard>(parameters => parameters.Add(card => card.Changes, changes));

    private static string Words(string text) => string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
