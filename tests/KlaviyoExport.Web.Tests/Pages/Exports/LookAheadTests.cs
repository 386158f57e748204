using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Exports;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

/// <summary>The forecast, the preview and the test profile on the pages of an export, with the sandbox over HTTP.</summary>
public sealed class LookAheadTests : IAsyncLifetime
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"look-ahead-{Guid.NewGuid():n}.db");
    private SandboxServer _sandbox = default!;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(
            new SandboxOptions { Url = "http://127.0.0.1:0", JobPace = TimeSpan.FromMilliseconds(2) },
            Cancel
        );
        _sandbox.Faults.Add(new(Sandbox.Faults.FaultKind.LimitsOff));
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        SqliteConnection.ClearAllPools();
        File.Delete(_file);
    }

    [Fact]
    public async Task The_form_forecasts_what_is_not_saved_yet()
    {
        await using var context = await OpenAsync(Role.Administrator);
        var page = Edit(context, await AddExportAsync(context));
        page.Find("#update-only").Change(true);

        Click(page, "Exact forecast");

        page.WaitForAssertion(() => Assert.Contains("Not in Klaviyo2", Facts(page), StringComparison.Ordinal));
        Assert.Contains("New active profiles0", Facts(page), StringComparison.Ordinal);
        Assert.Contains("Would be sent1", Facts(page), StringComparison.Ordinal);
        Assert.Contains("Being on a list is not consent.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_previews_members_as_they_would_be_sent_or_why_not()
    {
        await using var context = await OpenAsync(Role.Contributor);
        var page = Edit(context, await AddExportAsync(context));

        Click(page, "Show members");

        page.WaitForAssertion(() => Assert.Equal(4, page.FindAll(".previewed").Count));
        Assert.Equal(
            """
            {
              "type": "profile",
              "attributes": {
                "email": "ana@shop.example"
              }
            }
            """,
            page.FindAll(".previewed pre")[0].TextContent,
            ignoreLineEndingDifferences: true
        );
        Assert.Contains("Invalid email", page.FindAll(".previewed")[2].TextContent, StringComparison.Ordinal);
        Assert.Contains(
            "after the @. The value is not an email address.",
            page.FindAll(".previewed")[2].TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_form_that_is_not_complete_has_nothing_to_look_ahead_at()
    {
        await using var context = await OpenAsync(Role.Administrator);
        var page = Edit(context, await AddExportAsync(context));

        page.Find("#name").Input("");

        page.WaitForAssertion(() => Assert.True(Button(page, "Exact forecast").HasAttribute("disabled")));
        Assert.Contains("Complete the form", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_forecasts_a_saved_export_and_sees_no_address()
    {
        await using var context = await OpenAsync(Role.Operator);
        var page = Show(context, await AddExportAsync(context));

        Click(page, "Forecast");

        page.WaitForAssertion(() => Assert.Contains("New active profiles2", Facts(page), StringComparison.Ordinal));
        Assert.Empty(page.FindAll("#preview"));
        Assert.DoesNotContain("@shop.example", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_looks_ahead_at_nothing()
    {
        await using var context = await OpenAsync(Role.Viewer);
        var page = Show(context, await AddExportAsync(context));

        Assert.Empty(page.FindAll("#forecast, #preview, #test-profile"));
    }

    [Fact]
    public async Task The_form_says_whose_limit_its_segments_exceed()
    {
        await using var context = await OpenAsync(Role.Administrator);
        var id = await AddExportAsync(context);
        await using (var db = await context.OpenAsync())
            await db.Set<Connection>().ExecuteUpdateAsync(set => set.SetProperty(one => one.MaxProfilesPerExport, 3), Cancel);

        var page = Edit(context, id);

        page.WaitForAssertion(() =>
            Assert.Contains(
                "4 distinct profiles, but an export over the connection Shop may send at most 3",
                page.Find(".alert-danger").TextContent,
                StringComparison.Ordinal
            )
        );
    }

    private Task<PageContext> OpenAsync(Role role) =>
        PageContext.CreateAsync(
            role,
            _sandbox,
            new() { ["Sources:Roots:0"] = Path.GetTempPath(), ["Delivery:PollInterval"] = "00:00:00.050" }
        );

    private static IRenderedComponent<EditExport> Edit(PageContext context, int id)
    {
        context.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var page = context.Ui.Render<EditExport>(parameters => parameters.Add(edit => edit.Id, id));
        page.WaitForElement("#name");
        return page;
    }

    private static IRenderedComponent<ExportPage> Show(PageContext context, int id)
    {
        context.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var page = context.Ui.Render<ExportPage>(parameters => parameters.Add(shown => shown.Id, id));
        page.WaitForElement(".facts");
        return page;
    }

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> page, string text)
        where T : IComponent => page.FindAll("button").Single(button => button.TextContent == text);

    private static void Click<T>(IRenderedComponent<T> page, string text)
        where T : IComponent => Button(page, text).Click();

    private static string Facts<T>(IRenderedComponent<T> page)
        where T : IComponent =>
        string.Concat(page.Find("[aria-labelledby=forecast]").TextContent.Where(letter => letter is not ('\n' or '\r')))
            .Replace("  ", "", StringComparison.Ordinal);

    private async Task<int> AddExportAsync(PageContext context)
    {
        await using (var connection = new SqliteConnection($"Data Source={_file};Pooling=False"))
        {
            await connection.OpenAsync(Cancel);
            await using var create = connection.CreateCommand();
            create.CommandText = """
                CREATE TABLE customers (id TEXT PRIMARY KEY, email TEXT);
                INSERT INTO customers VALUES
                    ('a', 'ana@shop.example'), ('b', 'bora@shop.example'), ('c', 'c@'), ('d', 'never@practice.example');
                """;
            await create.ExecuteNonQueryAsync(Cancel);
        }
        await using var db = await context.OpenAsync();
        var source = new Source
        {
            Name = "Customers",
            Kind = SourceKind.Sqlite,
            Location = _file,
            Table = "customers",
            KeyColumns = ["id"],
            CreatedBy = "Ana",
            LoadedAt = DateTimeOffset.UnixEpoch,
            Fields = [new("id", FieldType.Text, 1, []), new("email", FieldType.Text, 1, [])],
        };
        var export = new Export
        {
            Name = "Readers",
            ListId = PracticeStore.Newsletter,
            ListName = "Newsletter",
            EmailField = "email",
            CreatedBy = "Ana",
            Source = source,
            Connection = new Connection
            {
                Name = "Shop",
                Sharing = Sharing.AllContributors,
                AccountId = PracticeStore.Id,
                AccountName = "Practice",
                ApiKey = context.Ui.Services.GetRequiredService<SecretProtector>().ProtectCredential(PracticeStore.FullKey),
                ApiKeyEnding = "",
                ConsentBy = "Ana",
                CreatedBy = "Ana",
            },
            Segments =
            [
                new Segment
                {
                    Name = "All",
                    Source = source,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                    CreatedBy = "Ana",
                },
            ],
        };
        db.Add(export);
        await db.SaveChangesAsync(Cancel);
        return export.Id;
    }
}
