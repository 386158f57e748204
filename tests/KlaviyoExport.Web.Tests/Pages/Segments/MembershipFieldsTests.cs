using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Segments;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Segments;

/// <summary>A membership table of a source whose key has several columns.</summary>
public sealed class MembershipFieldsTests : IDisposable
{
    private static readonly Actor Administrator = new("x", "X", Role.Administrator);

    private readonly string _folder = Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_column_of_the_key_has_a_choice_and_the_choices_are_saved_in_their_order_and_shown_again()
    {
        await using var page = await CreateAsync();
        var editor = await EditAsync(page);
        await ChooseAsync(editor, "#membership-table", "vip");

        Assert.Equal(["Column for store", "Column for number"], editor.FindAll(".key-columns select").Select(Label));
        Assert.Equal(["Choose for store…", "n", "s"], editor.FindAll("#membership-key option").Select(option => option.TextContent));
        await ChooseAsync(editor, "#membership-key", "s");
        await ChooseAsync(editor, "#membership-key-2", "n");
        editor.WaitForElement("[aria-busy=true]");
        page.Clock.Advance(TimeSpan.FromSeconds(1));
        editor.WaitForAssertion(() => Assert.Equal("2", editor.Find(".member-count strong").TextContent));
        Assert.Equal(["1|8", "2|7"], editor.FindAll("tbody tr td:first-child").Select(cell => cell.TextContent));
        await editor.InvokeAsync(() => editor.Find("form").Submit());
        editor.WaitForAssertion(() =>
            Assert.EndsWith("/segments/1", page.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );

        await using var db = await page.OpenAsync();
        var saved = await db.Set<Segment>().AsNoTracking().SingleAsync();
        Assert.Equal(new MembershipSegment("vip", ["s", "n"]), saved.Definition);
        var again = page.Ui.Render<EditSegment>(parameters => parameters.Add(one => one.Id, saved.Id));
        again.WaitForAssertion(() =>
            Assert.Equal(["s", "n"], again.FindAll(".key-columns select").Select(choice => choice.GetAttribute("value")))
        );
        Assert.Contains(
            "Customers in vip, columns s, n.",
            page.Ui.Render<SegmentPage>(parameters => parameters.Add(shown => shown.Id, saved.Id)).Markup,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("s", "")]
    [InlineData("", "n")]
    [InlineData("", "")]
    public async Task A_column_that_is_not_chosen_is_told_and_nothing_is_saved(string first, string second)
    {
        await using var page = await CreateAsync();
        var editor = await EditAsync(page);
        await ChooseAsync(editor, "#membership-table", "vip");
        await ChooseAsync(editor, "#membership-key", first);
        await ChooseAsync(editor, "#membership-key-2", second);

        await editor.InvokeAsync(() => editor.Find("form").Submit());

        editor.WaitForAssertion(() =>
            Assert.EndsWith(
                "Choose the membership table, and one of its columns for each key column of the source.",
                editor.Find("[role=alert]").TextContent.Trim(),
                StringComparison.Ordinal
            )
        );
        await using var db = await page.OpenAsync();
        Assert.Empty(await db.Set<Segment>().ToListAsync());
    }

    [Fact]
    public async Task Columns_with_the_names_of_the_key_are_chosen_with_the_table()
    {
        await using var page = await CreateAsync();
        var editor = await EditAsync(page);

        await ChooseAsync(editor, "#membership-table", "half");
        Assert.Equal(["", "number"], editor.FindAll(".key-columns select").Select(choice => choice.GetAttribute("value")));
        await ChooseAsync(editor, "#membership-table", "people");
        Assert.Equal(["store", "number"], editor.FindAll(".key-columns select").Select(choice => choice.GetAttribute("value")));
    }

    private static string? Label(AngleSharp.Dom.IElement choice) => choice.GetAttribute("aria-label");

    private static async Task<IRenderedComponent<EditSegment>> EditAsync(PageContext page)
    {
        var editor = page.Ui.Render<EditSegment>();
        // The tables are read from the source.
        editor.WaitForElements("input[name=way]", 2);
        await editor.InvokeAsync(() => editor.Find("#name").Input("VIP"));
        await editor.InvokeAsync(() => editor.FindAll("input[name=way]")[1].Change(true));
        return editor;
    }

    /// <summary>Finds and changes an element in one step of the page, which may be rendered again at any time.</summary>
    private static async Task ChooseAsync(IRenderedComponent<EditSegment> editor, string selector, string value)
    {
        editor.WaitForElement(selector);
        await editor.InvokeAsync(() => editor.Find(selector).Change(value));
    }

    private async Task<PageContext> CreateAsync()
    {
        var file = Path.Combine(_folder, "crm.db");
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE people(store TEXT, number TEXT, email TEXT);
                INSERT INTO people VALUES ('1', '7', 'a@x.example'), ('1', '8', 'b@x.example'), ('2', '7', 'c@x.example');
                CREATE TABLE vip(n TEXT, s TEXT); INSERT INTO vip VALUES ('8', '1'), ('7', '2'), ('1', '7');
                CREATE TABLE half(number TEXT, s TEXT)
                """;
            await command.ExecuteNonQueryAsync();
        }
        var page = await PageContext.CreateAsync(Role.Contributor, settings: new() { ["Sources:Roots:0"] = _folder });
        await page
            .Ui.Services.GetRequiredService<SourceService>()
            .SaveAsync(
                Administrator,
                new SourceDraft
                {
                    Name = "CRM",
                    Kind = SourceKind.Sqlite,
                    Location = file,
                    Table = "people",
                    KeyColumns = ["store", "number"],
                },
                CancellationToken.None
            );
        return page;
    }
}
