using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A day with runs, for an operator and a viewer. Uses a demo of its own, because faults of Klaviyo affect all exports.</summary>
public sealed class RunDayTests(DemoApp demo) : IClassFixture<DemoApp>
{
    [Fact]
    public async Task An_operator_runs_and_retries_while_a_viewer_follows_and_downloads()
    {
        await using var person = await demo.SignInAsync("operator");
        await using var viewer = await demo.SignInAsync("viewer");
        var page = person.Page;
        await demo.Klaviyo.BreakAsync("job-stuck");

        // The viewer has the list open. A run that another person starts appears and is updated.
        await viewer.Page.GotoAsync("/runs");
        await Expect(viewer.Page.GetByText("No runs")).ToBeVisibleAsync();
        await viewer.KeepAsync("runs-empty");
        await page.GotoAsync("/exports");
        await page.Row("Newsletter readers to Klaviyo")
            .GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Run now") })
            .ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/runs/\d+$"));
        await Expect(viewer.Page.Locator("tbody .badge")).ToHaveTextAsync(new Regex("Processing: confirming$"));
        await viewer.KeepAsync("runs-live");
        await viewer.Page.GetByRole(AriaRole.Link, new() { Name = "Run 1" }).ClickAsync();
        await Expect(viewer.Page.RunState()).ToHaveTextAsync(new Regex("Processing: confirming$"));
        await Expect(viewer.Page.Locator(".nav a.active")).ToHaveAttributeAsync("href", "runs");
        await Expect(viewer.Page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await Expect(viewer.Page.Button("Cancel")).ToHaveCountAsync(0);
        await viewer.KeepAsync("run-live");

        // Both see it end.
        await page.Button("Cancel").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync();
        await page.EndsAsync("Canceled");
        await viewer.Page.EndsAsync("Canceled");
        await person.KeepAsync("run-canceled-picture");
        await demo.Klaviyo.ClearFaultsAsync();
        await page.Button("Run again").ClickAsync();
        await page.ArrivesAsync("**/runs/2");
        await Expect(page.Heading("Run 2 of Newsletter readers to Klaviyo")).ToBeVisibleAsync();
        await page.EndsAsync("Completed with warnings");
        await page.AddsUpAsync();
        await Expect(page.GetByText("What has changed")).ToBeVisibleAsync();
        await person.KeepAsync("run-ended");

        await RetriesAsync(person);
        await DownloadsAsync(viewer);
        await viewer.Page.GotoAsync("/runs");
        await Expect(viewer.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        await viewer.KeepAsync("runs");
        await viewer.Page.GetByLabel("Status").SelectOptionAsync("Canceled");
        await viewer.Page.Button("Show").ClickAsync();
        await Expect(viewer.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        Assert.Contains("state=Canceled", viewer.Page.Url, StringComparison.Ordinal);

        await using var serbian = await demo.SignInAsync("operator", "sr-Cyrl");
        foreach (var (address, picture) in new[] { ("/runs", "runs-sr-Cyrl"), ("/runs/2", "run-ended-sr-Cyrl") })
        {
            await serbian.Page.GotoAsync(address);
            await Expect(serbian.Page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
            await serbian.KeepAsync(picture);
        }
        Assert.Empty(person.Faults);
        Assert.Empty(viewer.Faults);
        Assert.Empty(serbian.Faults);
    }

    /// <summary>Searches the refused profiles and sends only those again; the new run says so.</summary>
    private static async Task RetriesAsync(Visitor visitor)
    {
        var page = visitor.Page;
        var refused = await page.CountAsync("Refused");
        await page.GetByRole(AriaRole.Group, new() { Name = "Reason" })
            .GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Refused by Klaviyo") })
            .ClickAsync();
        var rows = page.Locator("#rejections tbody tr");
        await Expect(rows.Last).ToContainTextAsync("Refused by Klaviyo");
        var key = await rows.Last.Locator("td").First.InnerTextAsync();
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search the rejections" }).FillAsync(key);
        await page.Button("Search").ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await visitor.KeepAsync("run-rejections-found");
        await page.Button("Retry only these").ClickAsync();
        await page.ArrivesAsync("**/runs/3");
        await Expect(page.Heading("Run 3 of Newsletter readers to Klaviyo")).ToBeVisibleAsync();
        await page.EndsAsync("Completed with warnings");
        Assert.Equal(refused, await page.CountAsync("Members"));
        await Expect(page.GetByText($"Sends again the {refused.ToString("N0", CultureInfo.InvariantCulture)} profiles that run 2 rejected"))
            .ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Run 2", Exact = true }).First.ClickAsync();
        await page.ArrivesAsync("**/runs/2");
    }

    private static async Task DownloadsAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await page.GotoAsync("/runs/2");
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await Expect(page.Button("Retry rejected")).ToHaveCountAsync(0);
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = "Download CSV" }).ClickAsync()
        );
        Assert.Equal("rejections-of-run-2.csv", download.SuggestedFilename);
        var text = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.StartsWith("Profile,Reason,Klaviyo code,Detail,Batch", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\w@\w", text);
    }
}
