using KlaviyoExport.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A person who has as many pages open as permitted, and opens another.</summary>
public sealed class TooManyPagesTests : FormOnItsOwnServer
{
    private const string Bounds = "Serilog:MinimumLevel:Override:KlaviyoExport.Web.Hosting.Limits=Warning";

    [Fact]
    public async Task Another_page_says_so_and_opens_when_one_was_closed_while_the_others_keep_working()
    {
        var log = Directory.CreateTempSubdirectory("klaviyo-export-log-");
        await StartHereAsync("Circuits:PerPerson=2", $"Log:File={Path.Combine(log.FullName, "log-.txt")}", Bounds);
        await using var visitor = await SignInAsync();
        var (first, second) = (visitor.Page, await visitor.Page.Context.NewPageAsync());
        await second.GotoAsync("/exports");
        await second.WaitForCircuitAsync();
        await first.GotoAsync("/exports/new");
        await FillInAsync(first);

        var third = await first.Context.NewPageAsync();
        await third.GotoAsync("/exports/new");
        await Expect(third.GetByRole(AriaRole.Heading, new() { Name = "Too many open pages" })).ToBeVisibleAsync();
        await FillInAsync(first);

        // This page has no circuit. The server closes that of the page before a moment later.
        await second.GotoAsync("/too-many-pages");
        await Patience.UntilAsync(async () =>
        {
            await third.GotoAsync("/exports/new");
            await third.WaitForURLAsync(_ => true, new() { WaitUntil = WaitUntilState.NetworkIdle });
            return third.Url.EndsWith("/exports/new", StringComparison.Ordinal);
        });
        await FillInAsync(third);

        await StopHereAsync();
        var lines = log.GetFiles().SelectMany(file => File.ReadAllLines(file.FullName)).ToList();
        log.Delete(recursive: true);
        Assert.Contains(lines, line => line.Contains("has 2 pages open", StringComparison.Ordinal));
        // A refused page is no fault.
        Assert.DoesNotContain(
            lines,
            line => line.Contains(" ERR ", StringComparison.Ordinal) && line.Contains("CircuitHost", StringComparison.Ordinal)
        );
    }

    /// <summary>Only the server marks the form as changed.</summary>
    private static async Task FillInAsync(IPage page)
    {
        await page.GetByLabel("Display name").FillAsync($"Readers {Guid.NewGuid()}");
        await page.GetByLabel("Display name").PressAsync("Tab");
        await Expect(page.Locator("form[data-unsaved]")).ToBeVisibleAsync();
    }
}
