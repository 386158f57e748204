using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

[Trait(Needs.Trait, Needs.Server)]
public sealed class ServerSourcePageTests
{
    [Fact]
    public async Task A_PostgreSQL_source_is_tested_and_saved_and_its_password_is_never_shown()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await database.ExecuteAsync(
            "CREATE TABLE people(customer_id int, email text); INSERT INTO people VALUES (1, 'a@example.com'), (2, NULL); CREATE VIEW adults AS SELECT * FROM people"
        );
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = New(page, SourceKind.PostgreSql);
        Assert.Empty(form.FindAll("#location"));
        form.Find("#name").Input("CRM");
        Says(form, "Enter host, database and user.");
        form.Find("#host").Input(server.Host!);
        form.Find("#port").Change(server.Port);
        form.Find("#database").Input(server.Database!);
        form.Find("#server-user").Input(server.Username!);
        Says(form, "Enter the password.");
        form.Find("#password").Input("wrong");
        Choose(form, "None");
        Test(form);
        form.WaitForAssertion(() =>
            Assert.Contains($"does not accept the user {server.Username}", form.Find("[role=alert]").TextContent, StringComparison.Ordinal)
        );

        form.Find("#password").Input(server.Password!);
        Test(form);
        form.WaitForAssertion(() =>
            Assert.Equal(
                ["Choose…", "public.adults (view)", "public.people"],
                form.FindAll("#table option").Select(option => option.TextContent)
            )
        );
        form.Find("#table").Change("public.people");
        form.WaitForAssertion(() => Assert.Equal("customer_id", form.Find("#key").GetAttribute("value")));
        Assert.DoesNotContain(server.Password!, form.Markup, StringComparison.Ordinal);
        form.Find("#max-age").Change("2");
        Says(form, "Choose the column with the time of the last change, or no maximum age.");
        form.Find("#max-age").Change("");
        Says(form, "Saving loads all rows.");
        form.Find("form").Submit();
        form.WaitForAssertion(() =>
            Assert.EndsWith("/sources/1", page.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );

        await using var db = await page.OpenAsync();
        var source = await db.Set<Source>().SingleAsync();
        Assert.Equal(
            (SourceKind.PostgreSql, "public.people", 2L, ServerTls.None),
            (source.Kind, source.Table, source.RowCount, source.Server!.Tls)
        );
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, source.Id));
        Assert.Contains($"{server.Host}:{server.Port}/{server.Database}", shown.Find("code").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Password!, shown.Markup, StringComparison.Ordinal);

        var edit = page.Ui.Render<EditSource>(parameters => parameters.Add(opened => opened.Id, source.Id));
        Says(edit, "Saving loads all rows.");
        Assert.Equal("Stored. Leave empty to keep it.", edit.Find("#password-hint").TextContent);
        edit.Find("#host").Input("elsewhere.example");
        Says(edit, "Enter the password.");
        edit.WaitForAssertion(() =>
            Assert.StartsWith("Enter the password again", edit.Find("#password-hint").TextContent, StringComparison.Ordinal)
        );
        Assert.True(edit.FindAll("button").First(button => button.TextContent == "Test the connection").HasAttribute("disabled"));
        Assert.DoesNotContain(server.Password!, edit.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_with_a_verified_certificate_is_the_default()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = New(page, SourceKind.PostgreSql);
        Assert.Equal("Empty: 5432.", form.Find("#port-hint").TextContent);
        Assert.Equal(
            ["true", null, null],
            form.FindAll("input[name=tls]").Select(choice => choice.HasAttribute("checked") ? "true" : null)
        );
        Assert.NotEmpty(form.FindAll("#certificate"));
        form.Find("#name").Input("x");
        form.Find("#host").Input("127.0.0.1");
        form.Find("#database").Input("d");
        form.Find("#server-user").Input("u");
        form.Find("#password").Input("p");
        Says(form, "Test the source, so that you can choose the key.");

        var other = New(page, SourceKind.SqlServer);

        Assert.Equal("Empty: 1433.", other.Find("#port-hint").TextContent);
        Assert.Empty(other.FindAll("#certificate"));
        Says(other, "Enter a name.");
        foreach (var (kind, port) in new[] { (SourceKind.MySql, "3306"), (SourceKind.PostgreSqlCompatible, "5432") })
        {
            other = New(page, kind);
            Assert.StartsWith($"Empty: {port}.", other.Find("#port-hint").TextContent, StringComparison.Ordinal);
            Assert.NotEmpty(other.FindAll("#certificate"));
        }
    }

    private static IRenderedComponent<EditSource> New(PageContext page, SourceKind kind) =>
        page.Ui.Render<EditSource>(parameters => parameters.Add(opened => opened.KindName, kind.ToString()));

    /// <summary>Waits until the page has received the input and the button is enabled.</summary>
    private static void Says(IRenderedComponent<EditSource> form, string missing) =>
        form.WaitForAssertion(() => Assert.Equal(missing, form.Find("#missing").TextContent));

    private static void Choose(IRenderedComponent<EditSource> form, string choice) =>
        form.FindAll("label.choice")
            .First(label => label.TextContent.Trim().StartsWith(choice, StringComparison.Ordinal))
            .QuerySelector("input")!
            .Change(true);

    private static void Test(IRenderedComponent<EditSource> form) =>
        form.FindAll("button").First(button => button.TextContent == "Test the connection").Click();
}
