using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Segments;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

/// <summary>What a person sees of changed columns, and does about them.</summary>
public sealed class ColumnChangesPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("klaviyo-export-columns-").FullName;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "customers.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_renamed_column_is_found_by_the_button_told_everywhere_and_replaced_by_the_other()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator, settings: new() { ["Sources:Roots:0"] = _folder });
        await AddAsync(page);
        await global::System.IO.File.WriteAllTextAsync(File, "id,town\n1,Bar\n2,Split\n", Cancel);
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, 1));

        Button(shown, "Check columns").Click();

        shown.WaitForAssertion(() =>
            Assert.Equal(
                ["city", "No longer exists", "Perhaps renamed to town", "From Bar", "Runs stop after the next load"],
                new[]
                {
                    shown.Find("section[aria-labelledby=column-changes] .lead-cell").TextContent,
                    shown.Find("[data-label=Change] div").FirstChild!.TextContent.Trim(),
                    shown.Find("[data-label=Change] .faint").TextContent,
                    shown.Find("[data-label='Used for'] a").TextContent,
                    shown.Find("[data-label='Used for'] .badge").TextContent,
                }
            )
        );
        var list = page.Ui.Render<SegmentList>();
        list.WaitForAssertion(() =>
            Assert.Equal(
                "Columns of the file changed",
                list.Find("tbody .badge").TextContent.Replace("warning", "", StringComparison.Ordinal)
            )
        );

        page.Answer(yes: true);
        Button(shown, "Use town everywhere").Click();

        shown.WaitForAssertion(() => Assert.Empty(shown.FindAll("section[aria-labelledby=column-changes]")));
        await using var db = await page.OpenAsync();
        var condition = (Condition)((ConditionSegment)(await db.Set<Segment>().SingleAsync(Cancel)).Definition).Root.Parts[0];
        Assert.Equal("town", condition.Field);
    }

    [Fact]
    public async Task A_missing_table_is_told_with_the_segments_that_read_it()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator, settings: new() { ["Sources:Roots:0"] = _folder });
        var database = Path.Combine(_folder, "customers.db");
        await ExecuteAsync(database, "CREATE TABLE customers (id INT); INSERT INTO customers VALUES (1); CREATE TABLE vips (id INT)");
        await AddAsync(
            page,
            new SourceDraft
            {
                Name = "Customers",
                Kind = SourceKind.Sqlite,
                Location = database,
                Table = "customers",
                KeyColumns = ["id"],
            },
            "Vips",
            new MembershipSegment("vips", ["id"])
        );
        await ExecuteAsync(database, "DROP TABLE vips");
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, 1));

        Button(shown, "Check columns").Click();

        shown.WaitForAssertion(() =>
            Assert.Equal(
                ["Table vips", "Customers has no table or view vips. Choose another one. What to do", "Vips", "Its runs stop"],
                new[]
                {
                    shown.Find("section[aria-labelledby=column-changes] .lead-cell").TextContent,
                    shown.Find("[data-label=Change]").TextContent.Trim(),
                    shown.Find("[data-label='Used for'] a").TextContent,
                    shown.Find("[data-label='Used for'] .badge").TextContent,
                }
            )
        );
        var list = page.Ui.Render<SegmentList>();
        list.WaitForAssertion(() =>
            Assert.Equal("Table changed: will stop", list.Find("tbody .badge").TextContent.Replace("warning", "", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_column_of_a_file_that_is_back_is_told_until_it_is_loaded()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator, settings: new() { ["Sources:Roots:0"] = _folder });
        await AddAsync(page);
        await global::System.IO.File.WriteAllTextAsync(File, "id\n1\n", Cancel);
        await page.Ui.Services.GetRequiredService<SourceService>().LoadAsync(new Actor("ana", "Ana", Role.Administrator), 1, Cancel);
        await global::System.IO.File.WriteAllTextAsync(File, "id,city\n1,Bar\n", Cancel);
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, 1));

        Button(shown, "Check columns").Click();

        shown.WaitForAssertion(() =>
            Assert.Equal("Exists again. Reload the source.", shown.Find("[data-label=Change] div").TextContent.Trim())
        );
    }

    [Fact]
    public async Task A_source_that_cannot_be_read_says_why_its_columns_are_not_known()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator, settings: new() { ["Sources:Roots:0"] = _folder });
        await AddAsync(page);
        global::System.IO.File.Delete(File);
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, 1));

        Button(shown, "Check columns").Click();

        shown.WaitForAssertion(() =>
            Assert.Contains("The columns could not be checked.", shown.Find(".alert-warning").TextContent, StringComparison.Ordinal)
        );
    }

    private async Task AddAsync(PageContext page)
    {
        await global::System.IO.File.WriteAllTextAsync(File, "id,city\n1,Bar\n2,Split\n", Cancel);
        var source = new SourceDraft
        {
            Name = "Customers",
            Location = File,
            KeyColumns = ["id"],
        };
        var isFromBar = new Condition("city", Operator.Equal, ["Bar"]);
        await AddAsync(page, source, "From Bar", new ConditionSegment(new ConditionGroup(GroupKind.All, [isFromBar])));
    }

    private static async Task AddAsync(PageContext page, SourceDraft draft, string segment, SegmentDefinition definition)
    {
        var administrator = new Actor("ana", "Ana", Role.Administrator);
        var source = await page.Ui.Services.GetRequiredService<SourceService>().SaveAsync(administrator, draft, Cancel);
        await page
            .Ui.Services.GetRequiredService<SegmentService>()
            .SaveAsync(
                administrator,
                new SegmentDraft
                {
                    Name = segment,
                    SourceId = source.Id,
                    Definition = definition,
                },
                Cancel
            );
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> page, string text)
        where T : Microsoft.AspNetCore.Components.IComponent => page.FindAll("button").First(button => button.TextContent.Trim() == text);
}
