using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

/// <summary>How a person decides what ambiguous values mean, and enters a query.</summary>
public sealed class SourceFormatPageTests
{
    private const string Csv = "id;visit;price\n1;03/04/2026;1.234\n2;05/06/2026;5\n";

    private static readonly Actor Actor = new("x", "X", Role.Administrator);

    [Fact]
    public async Task The_page_of_a_source_shows_both_readings_and_stores_the_decision()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var shown = await ShowAsync(page);
        Assert.Contains("not decided", TypeOf(shown, "visit"), StringComparison.Ordinal);
        Assert.Equal(
            [$"Day first 03/04/2026 is {Day(3, 4)}", $"Month first 03/04/2026 is {Day(4, 3)}", "Not decided: the values are text"],
            Options(shown, "visit")
        );
        Assert.Equal(
            [
                $"Decimal comma 1.234 is {1234.ToString("N0", CultureInfo.CurrentCulture)}",
                $"Decimal point 1.234 is {1.234.ToString(CultureInfo.CurrentCulture)}",
            ],
            Options(shown, "price").Take(2)
        );

        shown.FindAll("input[name=format-visit]")[0].Change(true);

        shown.WaitForAssertion(() => Assert.Equal("date Day first", TypeOf(shown, "visit")));
        Assert.True(shown.FindAll("input[name=format-visit]")[0].HasAttribute("checked"));
        await using var db = await page.OpenAsync();
        Assert.Equal([new FormatChoice("visit") { Days = DayOrder.DayFirst }], (await db.Set<Source>().SingleAsync()).Formats);
    }

    [Fact]
    public async Task A_decision_that_does_not_fit_is_warned_about_and_can_be_taken_back()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var shown = await ShowAsync(page, "id;visit\n1;31/12/2026\n", new FormatChoice("visit") { Days = DayOrder.MonthFirst });
        Assert.Contains(
            "“31/12/2026” does not fit",
            shown.Find("#formats [role=alert], #formats .alert").TextContent,
            StringComparison.Ordinal
        );

        shown.FindAll("input[name=format-visit]")[2].Change(true);

        shown.WaitForAssertion(() => Assert.Empty(shown.FindAll("#formats")));
        Assert.Equal("date Day first", TypeOf(shown, "visit"));
    }

    [Fact]
    public async Task The_form_shows_what_a_decision_does_before_it_is_saved()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = page.Ui.Render<EditSource>();
        form.Find("#name").Input("Customers");
        form.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(Csv, "c.csv"));
        form.WaitForAssertion(() => Assert.NotEmpty(form.FindAll("#formats")));

        form.FindAll("input[name=format-price]")[0].Change(true);

        form.WaitForAssertion(() => Assert.Contains("Decimal comma", TypeOf(form, "price"), StringComparison.Ordinal));
        form.WaitForAssertion(() => Assert.NotEmpty(form.FindAll("#key")));
        form.Find("form").Submit();
        await using var db = await page.OpenAsync();
        form.WaitForAssertion(() =>
            Assert.Equal(DecimalMark.Comma, db.Set<Source>().AsNoTracking().SingleOrDefault()?.Fields[2].Format.Mark)
        );
    }

    [Fact]
    public async Task A_query_is_entered_tested_and_saved_and_a_wrong_one_is_explained()
    {
        var folder = Directory.CreateTempSubdirectory("klaviyo-export-query-");
        var path = Path.Combine(folder.FullName, "c.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE people(id TEXT, email TEXT); INSERT INTO people VALUES ('1', 'a@x.example')";
            command.ExecuteNonQuery();
        }
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = page.Ui.Render<EditSource>();
        form.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromBinary(await File.ReadAllBytesAsync(path), "c.db"));
        folder.Delete(recursive: true);
        form.WaitForAssertion(() => Assert.NotEmpty(form.FindAll("#table")));
        form.Find("#name").Input("Customers");
        Choose(form, "A query");
        form.WaitForAssertion(() => Assert.Equal("Enter the query.", form.Find("#missing").TextContent));
        form.Find("#query").Input("SELECT id FROM persons");
        form.FindAll("button").First(button => button.TextContent == "Test query").Click();
        form.WaitForAssertion(() =>
            Assert.Contains("no such table: persons", form.Find("[role=alert]").TextContent, StringComparison.Ordinal)
        );

        form.Find("#query").Input("SELECT id, email FROM people;");
        form.FindAll("button").First(button => button.TextContent == "Test query").Click();
        form.WaitForAssertion(() => Assert.NotEmpty(form.FindAll("#key")));
        form.Find("form").Submit();

        await using var db = await page.OpenAsync();
        form.WaitForAssertion(() => Assert.Equal(1, db.Set<Source>().Count()));
        var source = await db.Set<Source>().SingleAsync();
        Assert.Equal(("SELECT id, email FROM people", null), (source.Query, source.Table));
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, source.Id));
        Assert.Equal(source.Query, shown.Find("pre.query").TextContent);
    }

    private static async Task<IRenderedComponent<SourcePage>> ShowAsync(PageContext page, string csv = Csv, params FormatChoice[] formats)
    {
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var path = await page
            .Ui.Services.GetRequiredService<SourceUploads>()
            .SaveAsync(Actor, new MemoryStream(Encoding.UTF8.GetBytes(csv)), "c.csv", CancellationToken.None);
        var draft = new SourceDraft
        {
            Name = "Customers",
            Location = path,
            KeyColumns = ["id"],
            Formats = formats,
        };
        var source = await page.Ui.Services.GetRequiredService<SourceService>().SaveAsync(Actor, draft, CancellationToken.None);
        return page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, source.Id));
    }

    private static string Day(int day, int month) => new DateOnly(2026, month, day).ToString("D", CultureInfo.CurrentCulture);

    private static IEnumerable<string> Options(IRenderedComponent<IComponent> shown, string field) =>
        shown.FindAll($"input[name=format-{field}]").Select(input => Words(input.ParentElement!));

    private static string TypeOf(IRenderedComponent<IComponent> shown, string field) =>
        Words(shown.FindAll("td.lead-cell").First(cell => cell.TextContent == field).NextElementSibling!);

    private static void Choose(IRenderedComponent<EditSource> form, string choice) =>
        form.FindAll("label.choice").First(label => Words(label) == choice).QuerySelector("input")!.Change(true);

    private static string Words(IElement element) =>
        string.Join(
            ' ',
            element.Descendants().OfType<IText>().SelectMany(text => text.Data.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        );
}
