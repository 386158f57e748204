using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>What a new user does first: run the demo's export and check the result.</summary>
public sealed class ReadyExportTests(DemoApp demo)
{
    /// <summary>A list that is empty at the start, so that all its members come from the export.</summary>
    private const string List = "Newsletter readers";

    [Fact]
    public async Task A_contributor_runs_the_ready_export_and_the_sandbox_shows_exactly_the_accepted_profiles()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.GotoAsync("/");
        await contributor.KeepAsync("home");

        await page.GotoAsync("/exports");
        var run = page.Row("Newsletter readers to Klaviyo").GetByRole(AriaRole.Button, new() { Name = "Run now" });
        await Expect(run).ToBeEnabledAsync();
        await contributor.KeepAsync("exports");
        await run.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/runs/\d+"));
        await contributor.KeepAsync("run-under-way");
        await page.EndsAsync("Completed with warnings");
        await page.ReloadAsync();
        await contributor.KeepAsync("run-ended");

        var accepted = await page.CountAsync("Accepted");
        Assert.True(accepted > 1000);
        await page.AddsUpAsync();
        await page.GotoAsync(demo.Klaviyo.Address);
        var members = page.Row(List).Locator("td.number");
        Assert.Equal(accepted, Pages.Number(await members.InnerTextAsync()));
        await contributor.KeepAsync("sandbox-accounts");
        await page.GetByRole(AriaRole.Link, new() { Name = List, Exact = true }).ClickAsync();
        await page.ArrivesAsync("**/lists/**");
        await contributor.KeepAsync("sandbox-list");
        Assert.Empty(contributor.Faults);
    }
}
