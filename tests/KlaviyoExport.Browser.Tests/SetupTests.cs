using System.Net;
using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The first start of an installation without demo mode.</summary>
public sealed partial class SetupTests
{
    private const string Password = "three quiet rivers";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_is_closed_until_the_printed_link_created_the_first_administrator_and_it_works_once()
    {
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-setup-").FullName;
        try
        {
            using var app = AppProcess.Start(directory, "Demo:Enabled=false");
            await app.SaysAsync("/setup/", Cancel);
            var link = new Uri(SetupLink().Match(app.Output).Value);
            var address = link.GetLeftPart(UriPartial.Authority);
            await AwaitsAsync(address);
            await CreatesAsync(address, link.AbsolutePath);
            await IsSpentAsync(address, link.AbsolutePath);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task AwaitsAsync(string address)
    {
        await using var visitor = await Chromium.VisitAsync(address);
        foreach (var path in new[] { "/", "/sign-in", "/exports", "/runs/1", "/connections/discover", "/no-such-page" })
        {
            var answer = await visitor.Page.GotoAsync(path);
            Assert.Equal((int)HttpStatusCode.ServiceUnavailable, answer!.Status);
            await Expect(visitor.Page.Heading("Set up the first administrator")).ToBeVisibleAsync();
        }
        await visitor.KeepAsync("setup-awaited");
        await visitor.Page.GotoAsync("/setup/" + new string('0', 64));
        await Expect(visitor.Page.Heading("This link is not valid")).ToBeVisibleAsync();
    }

    private static async Task CreatesAsync(string address, string link)
    {
        await using var visitor = await Chromium.VisitAsync(address);
        var page = visitor.Page;
        await page.GotoAsync(link);
        await page.GetByLabel("Display name").FillAsync("Мина Прва");
        await page.GetByLabel("Email").FillAsync("mina@firma.example");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByLabel("Password again").FillAsync("three quiet rivets");
        await page.Button("Create and sign in").ClickAsync();
        await Expect(page.GetByText("The two passwords do not match.")).ToBeVisibleAsync();
        await visitor.KeepAsync("setup-administrator");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByLabel("Password again").FillAsync(Password);
        await page.Button("Create and sign in").ClickAsync();
        await Expect(page.Heading("Welcome, Мина Прва")).ToBeVisibleAsync();
        await visitor.KeepAsync("setup-home");
        foreach (
            var (path, empty) in new[]
            {
                ("/sources", "No sources yet"),
                ("/segments", "No segments yet"),
                ("/connections", "No connections yet"),
                ("/exports", "No exports yet"),
            }
        )
        {
            await page.GotoAsync(path);
            await Expect(page.GetByText(empty)).ToBeVisibleAsync();
        }
        await visitor.KeepAsync("setup-exports");
        await page.GotoAsync("/exports/new");
        await Expect(page.GetByText("Add a connection to a Klaviyo account first.")).ToBeVisibleAsync();
        Assert.Empty(visitor.Faults);
    }

    private static async Task IsSpentAsync(string address, string link)
    {
        await using var visitor = await Chromium.VisitAsync(address);
        await visitor.Page.GotoAsync(link);
        await Expect(visitor.Page.Heading("This link is not valid")).ToBeVisibleAsync();
        await visitor.KeepAsync("setup-link-spent");
        await visitor.SignInAsync("mina@firma.example", Password);
        await Expect(visitor.Page.Heading("Welcome, Мина Прва")).ToBeVisibleAsync();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/setup/[0-9a-f]+")]
    private static partial Regex SetupLink();
}
