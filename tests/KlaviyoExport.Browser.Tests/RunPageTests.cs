using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A run that several people watch while Klaviyo has faults. Uses a demo of its own.</summary>
public sealed class RunPageTests(DemoApp demo) : IClassFixture<DemoApp>
{
    [Fact]
    public async Task A_run_is_followed_and_canceled_from_another_browser_and_its_rejections_are_explained()
    {
        await demo.Klaviyo.BreakAsync("job-stuck");
        await using var contributor = await demo.SignInAsync("contributor");
        await using var other = await demo.SignInAsync("operator");
        await contributor.Page.GotoAsync("/exports");
        await contributor.Page.Button("Run now: Newsletter readers to Klaviyo").ClickAsync();
        await Expect(contributor.Page).ToHaveURLAsync(new Regex(@"/runs/\d+$"));
        var address = contributor.Page.Url;

        // Another person in another browser sees the progress, without a reload and after one.
        await other.Page.GotoAsync(address);
        await Expect(other.Page.RunState()).ToHaveTextAsync(new Regex("Processing: confirming$"));
        await other.Page.ReloadAsync();
        await Expect(other.Page.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await Expect(other.Page.Locator(".stages [aria-current=step]")).ToHaveTextAsync("Confirm");
        await Expect(contributor.Page.RunState()).ToHaveTextAsync(new Regex("Processing: confirming$"));
        await WaitsForJobsAsync(other);

        await CancelAsync(other);
        foreach (var page in new[] { other.Page, contributor.Page })
        {
            await page.EndsAsync("Canceled");
            await Expect(page.GetByText("Oriol Operator canceled the run.").First).ToBeVisibleAsync();
            await page.AddsUpAsync();
        }
        await other.KeepAsync("run-canceled");
        var arrived = (await demo.Klaviyo.MembersAsync("NwsRdr")).Count;
        Assert.InRange(
            arrived,
            await other.Page.CountAsync("Accepted"),
            await other.Page.CountAsync("Accepted") + await other.Page.CountAsync("Unconfirmed")
        );
        await demo.Klaviyo.ClearFaultsAsync();

        await contributor.Page.Button("Run again").ClickAsync();
        await contributor.Page.ArrivesAsync(url => url != address);
        await other.Page.GotoAsync(contributor.Page.Url);
        await other.Page.EndsAsync("Completed with warnings");
        await contributor.Page.EndsAsync("Completed with warnings");
        await contributor.Page.AddsUpAsync();
        Assert.Equal(await contributor.Page.CountAsync("Accepted"), (await demo.Klaviyo.MembersAsync("NwsRdr")).Count);
        await ExplainsRejectionsAsync(contributor);
        await HidesAddressesAsync(other);
        Assert.Empty(contributor.Faults);
        Assert.Empty(other.Faults);
    }

    /// <summary>The steps that are done and the reason of the wait.</summary>
    private static async Task WaitsForJobsAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await Expect(page.Locator(".waits [role=status]")).ToHaveTextAsync("Waiting for Klaviyo’s import jobs.");
        await Expect(page.Locator(".waits"))
            .ToContainTextAsync(new Regex(@"Open: \d+ .*One has not progressed for \d+ s\.", RegexOptions.Singleline));
        await Expect(page.Locator(".run-steps li")).ToHaveTextAsync([new Regex("^Read"), new Regex("^Sent"), new Regex("^Confirmed")]);
        await Expect(page.Locator(".run-left")).ToHaveCountAsync(0);
        await visitor.KeepAsync("run-confirming");
    }

    private static async Task CancelAsync(Visitor visitor)
    {
        var page = visitor.Page;
        var dialog = page.GetByRole(AriaRole.Alertdialog);
        await page.Button("Cancel").ClickAsync();
        await Expect(dialog).ToContainTextAsync("Cancel this run?");
        await Expect(dialog).ToContainTextAsync("Profiles already sent to Klaviyo are on the list or may still be added");
        await visitor.KeepAsync("run-cancel-dialog");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Continue the run" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await page.Button("Cancel").ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync();
    }

    /// <summary>Each reason has as many rejections as the ledger counts, on all pages, and a text that says what to do.</summary>
    private static async Task ExplainsRejectionsAsync(Visitor visitor)
    {
        var page = visitor.Page;
        var reasons = page.GetByRole(AriaRole.Group, new() { Name = "Reason" });
        var rows = page.Locator(".card", new() { Has = reasons }).Locator("tbody tr");
        foreach (
            var (reason, counted) in new[]
            {
                ("Without email", "Without email"),
                ("Invalid email", "Invalid email"),
                ("Duplicate email", "Duplicate"),
                ("Refused by Klaviyo", "Refused"),
            }
        )
        {
            var button = reasons.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^" + reason) });
            await button.ClickAsync();
            await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
            Assert.Equal(await page.CountAsync(counted), Pages.Number(await button.InnerTextAsync()));
            await Expect(rows.First).ToContainTextAsync(reason);
        }
        await reasons.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Without email") }).ClickAsync();
        await Expect(page.GetByText("The email field is empty. Fill it in the source.")).ToBeVisibleAsync();
        var total = await page.CountAsync("Without email");
        Assert.True(total > 40);
        await Expect(rows).ToHaveCountAsync(20);
        await Expect(page.GetByText($"1–20 of {total}")).ToBeVisibleAsync();
        await Expect(page.Button("Previous")).ToBeDisabledAsync();
        var keys = new HashSet<string>(await rows.Locator("td:first-child").AllInnerTextsAsync());
        for (var from = 21; from <= total; from += 20)
        {
            await page.Button("Next").ClickAsync();
            await Expect(page.GetByText($"{from}–{Math.Min(from + 19, total)} of {total}")).ToBeVisibleAsync();
            await Expect(rows).ToHaveCountAsync(Math.Min(20, total - from + 1));
            keys.UnionWith(await rows.Locator("td:first-child").AllInnerTextsAsync());
        }
        Assert.Equal(total, keys.Count);
        await Expect(page.Button("Next")).ToBeDisabledAsync();
        await reasons.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Refused by Klaviyo") }).ClickAsync();
        await Expect(rows.First).ToContainTextAsync("@async-fail.example");
        await visitor.KeepAsync("run-rejections");
    }

    private static async Task HidesAddressesAsync(Visitor visitor)
    {
        var reasons = visitor.Page.GetByRole(AriaRole.Group, new() { Name = "Reason" });
        await reasons.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Refused by Klaviyo") }).ClickAsync();
        await Expect(visitor.Page.GetByText("not shown to your role").First).ToBeVisibleAsync();
        Assert.DoesNotContain("@async-fail.example", await visitor.Page.ContentAsync(), StringComparison.Ordinal);
    }
}
