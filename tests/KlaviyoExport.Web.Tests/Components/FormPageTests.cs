using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Pages.Connections.Editing;
using KlaviyoExport.Web.Pages.Exports;
using KlaviyoExport.Web.Pages.Exports.Scheduling;
using KlaviyoExport.Web.Pages.People;
using KlaviyoExport.Web.Pages.Segments;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Pages.System;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Components;

/// <summary>Unsaved values are restored when the page is reloaded.</summary>
public sealed class FormPageTests : IAsyncLifetime
{
    private PageContext _context = default!;
    private ReaderTab _tab = default!;
    private int _export;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _context = await PageContext.CreateAsync(Role.Administrator);
        _tab = new ReaderTab(_context.Ui);
        await LayOutAsync();
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    [Fact]
    public void An_unsaved_export()
    {
        var page = _context.Ui.Render<EditExport>();
        page.Find("#name").Input("Readers of Niš");
        page.Find("#list").Change("ABC123");
        page.FindAll("[type=checkbox]")[0].Change(true);

        var again = LoadedAnew<EditExport>();

        Assert.Equal(("Readers of Niš", "ABC123"), (again.Find("#name").GetAttribute("value"), again.Find("#list").GetAttribute("value")));
        Assert.True(again.FindAll("[type=checkbox]")[0].HasAttribute("checked"));
        Assert.True(again.Find("form").HasAttribute("data-unsaved"));
    }

    [Fact]
    public async Task Changes_of_a_form_are_taken_back_one_after_the_other()
    {
        var page = Edit<EditExport>(_export);
        var (name, list) = (page.Find("#name").GetAttribute("value"), page.Find("#list").GetAttribute("value"));
        Assert.Empty(UndoOf(page));
        _context.Clock.Advance(TimeSpan.FromSeconds(10));
        page.Find("#name").Input("R");
        page.Find("#name").Input("Readers");
        _context.Clock.Advance(TimeSpan.FromSeconds(10));
        page.Find("#list").Change("ABC123");
        page.WaitForState(() => UndoOf(page).Count == 1);

        await UndoOf(page)[0].ClickAsync(new());
        Assert.Equal(("Readers", list), (page.Find("#name").GetAttribute("value"), page.Find("#list").GetAttribute("value")));
        // The letters of a word are one change.
        await UndoOf(page)[0].ClickAsync(new());

        Assert.Equal(name, page.Find("#name").GetAttribute("value"));
        Assert.Empty(UndoOf(page));
        Assert.False(page.Find("form").HasAttribute("data-unsaved"));

        static IReadOnlyList<AngleSharp.Dom.IElement> UndoOf(IRenderedComponent<EditExport> page) =>
            [.. page.FindAll(".form-end button").Where(button => button.TextContent.Trim() == "Undo")];
    }

    [Fact]
    public async Task A_form_can_only_be_filled_in_when_its_unsaved_values_were_looked_for()
    {
        Edit<EditExport>(_export).Find("#name").Input("Mine");
        var (isKept, kept) = (_context.Ui.JSInterop.Setup<bool>("unsaved.isKept"), _tab.Kept!);

        var again = Open<EditExport>(_export);
        await PageContext.UntilAsync(() => isKept.Invocations.Count == 1);
        Assert.Empty(again.FindAll("#name"));
        _tab.Bring(kept);
        isKept.SetResult(true);

        Assert.Equal("Mine", again.WaitForElement("#name").GetAttribute("value"));
    }

    [Fact]
    public async Task An_export_changed_meanwhile_by_somebody_else_still_shows_the_conflict()
    {
        var page = Edit<EditExport>(_export);
        page.Find("#name").Input("Mine");
        await using (var db = await _context.OpenAsync())
        {
            var export = await db.Set<Export>().SingleAsync(export => export.Id == _export, Cancel);
            (export.Name, export.Version) = ("Theirs", export.Version + 1);
            await db.SaveChangesAsync(Cancel);
        }

        var again = LoadedAnew<EditExport>(_export);
        Assert.Equal("Mine", again.Find("#name").GetAttribute("value"));
        await again.Find("form").SubmitAsync();

        again.WaitForAssertion(() => Assert.Contains("Theirs", again.Markup, StringComparison.Ordinal));
        await using var after = await _context.OpenAsync();
        Assert.Equal("Theirs", (await after.Set<Export>().SingleAsync(export => export.Id == _export, Cancel)).Name);
    }

    [Fact]
    public void A_schedule()
    {
        _context.Ui.Services.GetRequiredService<NavigationManager>().NavigateTo($"/exports/schedule?id={_export}");
        var page = _context.Ui.Render<ScheduleExports>();
        page.WaitForElement("input[name=on]").Change(true);
        page.FindAll("input[name=when]")[1].Change(true);
        page.Find("#kind").Change("Weekly");
        page.Find("[type=time]").Change("07:45");

        var again = LoadedAnew<ScheduleExports>();

        Assert.Equal(("Weekly", "07:45"), (again.Find("#kind").GetAttribute("value"), again.Find("[type=time]").GetAttribute("value")));
    }

    [Fact]
    public void A_segment_with_its_conditions()
    {
        var page = _context.Ui.Render<EditSegment>();
        page.WaitForElement("#name").Input("Locals");
        page.FindAll("button").First(button => button.TextContent.Contains("Add condition", StringComparison.Ordinal)).Click();
        page.FindAll("button").First(button => button.TextContent.Contains("Add group", StringComparison.Ordinal)).Click();

        var again = LoadedAnew<EditSegment>();

        Assert.Equal("Locals", again.Find("#name").GetAttribute("value"));
        Assert.Single(again.FindAll(".group .group"));
    }

    [Fact]
    public void A_source_without_the_password_that_was_typed()
    {
        var page = _context.Ui.Render<EditSource>(parameters => parameters.Add(opened => opened.KindName, nameof(SourceKind.PostgreSql)));
        page.Find("#name").Input("Warehouse");
        page.Find("#host").Input("db.example");
        page.Find("[type=password]").Input("a very secret word");

        var again = LoadedAnew<EditSource>();

        Assert.Equal(("Warehouse", "db.example"), (again.Find("#name").GetAttribute("value"), again.Find("#host").GetAttribute("value")));
        Assert.DoesNotContain("a very secret word", again.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_without_the_key_that_was_typed()
    {
        int id;
        await using (var db = await _context.OpenAsync())
            id = await db.Set<Connection>().Select(connection => connection.Id).SingleAsync(Cancel);
        var page = Edit<EditConnection>(id);
        page.Find("#name").Input("Shop of Niš");
        page.Find("#key").Change("pk_secret");

        var again = LoadedAnew<EditConnection>(id);

        Assert.Equal(("Shop of Niš", ""), (again.Find("#name").GetAttribute("value"), again.Find("#key").GetAttribute("value") ?? ""));
    }

    [Fact]
    public void The_system_s_schedule()
    {
        var page = _context.Ui.Render<SchedulePage>();
        page.WaitForElement("form");
        page.FindAll("input[name=on]")[1].Change(true);
        page.Find("#time-zone").Change("Europe/Belgrade");

        Assert.Equal("Europe/Belgrade", LoadedAnew<SchedulePage>().Find("#time-zone").GetAttribute("value"));
    }

    [Fact]
    public void The_installation_s_language()
    {
        var page = _context.Ui.Render<GeneralPage>();
        page.WaitForElement("#language").Change("ca");

        Assert.Equal("ca", LoadedAnew<GeneralPage>().Find("#language").GetAttribute("value"));
    }

    [Fact]
    public void A_persons_unsaved_form()
    {
        var page = _context.Ui.Render<AddPerson>();
        page.Find("#name").Change("Mina");

        Assert.Equal("Mina", LoadedAnew<AddPerson>().Find("#name").GetAttribute("value"));
    }

    [Fact]
    public void Restored_changes_can_be_discarded()
    {
        var page = Edit<EditExport>(_export);
        page.Find("#name").Input("Mine");
        var again = LoadedAnew<EditExport>(_export);

        again.FindAll("button").Single(button => button.TextContent == "Discard changes").Click();

        again.WaitForAssertion(() => Assert.Equal("Readers", again.Find("#name").GetAttribute("value")));
        Assert.Empty(again.FindAll(".alert-info"));
        Assert.Null(_tab.Kept);
    }

    [Fact]
    public void A_restored_schedule_can_be_discarded_too()
    {
        _context.Ui.Services.GetRequiredService<NavigationManager>().NavigateTo($"/exports/schedule?id={_export}");
        var page = _context.Ui.Render<ScheduleExports>();
        page.WaitForElement("input[name=on]").Change(true);
        var again = LoadedAnew<ScheduleExports>();
        Assert.True(again.FindAll("input[name=on]")[0].HasAttribute("checked"));

        again.FindAll("button").Single(button => button.TextContent == "Discard changes").Click();

        again.WaitForAssertion(() => Assert.False(again.FindAll("input[name=on]")[0].HasAttribute("checked")));
        Assert.False(again.Find("form").HasAttribute("data-unsaved"));
    }

    [Fact]
    public void Undone_changes_are_no_longer_kept()
    {
        var page = Edit<EditExport>(_export);
        page.Find("#name").Input("Mine");
        Assert.NotNull(_tab.Kept);
        page.Find("#name").Input("Readers");

        Assert.Null(_tab.Kept);
    }

    [Fact]
    public async Task Saved_changes_are_no_longer_kept()
    {
        var page = _context.Ui.Render<AddPerson>();
        page.Find("#name").Change("Mina");
        page.Find("#email").Change("mina@example.com");
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() =>
            Assert.Contains(
                "/system/permissions/",
                _context.Ui.Services.GetRequiredService<NavigationManager>().Uri,
                StringComparison.Ordinal
            )
        );
        Assert.Null(_tab.Kept);
    }

    [Fact]
    public void The_state_kept_in_a_tab_is_encrypted_and_accepted_only_from_its_owner()
    {
        var page = _context.Ui.Render<AddPerson>();
        page.Find("#name").Change("Mina Tajna");
        var kept = _tab.Kept!;
        Assert.DoesNotContain("Mina", kept, StringComparison.Ordinal);

        foreach (var strange in (string[])[kept[..^4], "made up", ""])
        {
            _tab.Bring(strange);
            var again = _context.Ui.Render<AddPerson>();
            Assert.Equal("", again.Find("#name").GetAttribute("value") ?? "");
        }
        // Of another page.
        _tab.Bring(kept);
        var other = _context.Ui.Render<GeneralPage>();
        Assert.Empty(other.FindAll(".alert-info"));
    }

    private IRenderedComponent<T> LoadedAnew<T>(int? id = null)
        where T : FormPage
    {
        _tab.Reload();
        var page = Edit<T>(id);
        page.WaitForAssertion(() =>
            Assert.Contains("Your changes were restored", page.Find(".alert-info").TextContent, StringComparison.Ordinal)
        );
        return page;
    }

    private IRenderedComponent<T> Edit<T>(int? id)
        where T : FormPage
    {
        var page = Open<T>(id);
        page.WaitForElement("form");
        return page;
    }

    private IRenderedComponent<T> Open<T>(int? id)
        where T : FormPage =>
        _context.Ui.Render<T>(parameters =>
        {
            if (id is { } given)
                parameters.TryAdd("Id", given);
        });

    private async Task LayOutAsync()
    {
        await using var db = await _context.OpenAsync();
        var source = new Source
        {
            Name = "Customers",
            Location = "/x.csv",
            KeyColumns = ["id"],
            CreatedBy = "Ana",
            LoadedAt = _context.Clock.GetUtcNow(),
            Fields = [new Field("id", FieldType.Text, 1, ["1"]), new Field("contact", FieldType.Text, 1, ["ana@example.com"])],
        };
        var segment = new Segment
        {
            Name = "All",
            Source = source,
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
            MemberCount = 3,
            CreatedBy = "Ana",
        };
        var connection = new Connection
        {
            Name = "Shop",
            AccountId = "A1",
            AccountName = "Shop",
            ApiKey = [],
            ApiKeyEnding = "1234",
            ConsentBy = "Ana",
            CreatedBy = "Ana",
            Sharing = Sharing.AllContributors,
        };
        var export = new Export
        {
            Name = "Readers",
            Connection = connection,
            ListId = "Y6nRLr",
            ListName = "Newsletter",
            Source = source,
            EmailField = "contact",
            CreatedBy = "Ana",
            Segments = { segment },
        };
        db.AddRange(segment, export);
        await db.SaveChangesAsync(Cancel);
        _export = export.Id;
    }
}
