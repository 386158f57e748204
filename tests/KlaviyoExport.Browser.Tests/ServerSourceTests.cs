using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>An administrator adds a table of a PostgreSQL server as a source.</summary>
public sealed class ServerSourceTests(DemoApp demo)
{
    [Fact]
    public async Task A_database_server_becomes_a_source_and_its_password_is_never_seen_again()
    {
        // From the connection string that test.sh provides.
        var set = (Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_POSTGRES") ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(part => part.Split('=')[0], part => part.Split('=')[1]);
        Assert.SkipWhen(set.Count == 0, "KLAVIYOEXPORT_TEST_POSTGRES names no server; ./test.sh starts one.");
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.GotoAsync("/sources/new");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("postgres");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Files", Exact = true })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "PostgreSQL database" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = false }).First.FillAsync("CRM");
        await page.Locator("#host").FillAsync(set["Host"]);
        await page.Locator("#port").FillAsync(set["Port"]);
        await page.Locator("#database").FillAsync(set["Database"]);
        await page.Locator("#server-user").FillAsync(set["Username"]);
        await page.Locator("#password").FillAsync("wrong");
        await page.Button("Test the connection").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("is not trusted");
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^Required, certificate not checked") }).CheckAsync();
        await page.Button("Test the connection").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("does not accept the user");
        await administrator.KeepAsync("source-server-refused");
        await page.Locator("#password").FillAsync(set["Password"]);
        await page.Button("Test the connection").ClickAsync();
        await Expect(page.GetByText("The database has no table that this user may read.")).ToBeVisibleAsync();
        await administrator.KeepAsync("source-server");

        Assert.DoesNotContain(set["Password"], await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Empty(administrator.Faults);
    }
}
