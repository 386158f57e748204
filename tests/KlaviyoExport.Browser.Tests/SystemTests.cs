using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The System pages. Uses a demo of its own, because it changes settings of all users.</summary>
public sealed class SystemTests(DemoApp demo) : IClassFixture<DemoApp>
{
    private const string Export = "Newsletter readers to Klaviyo";

    [Fact]
    public async Task An_operator_sees_a_run_started_elsewhere_cancels_it_and_runs_it_again()
    {
        await demo.Klaviyo.BreakAsync("job-stuck");
        await using var onCall = await demo.SignInAsync("operator");
        await using var other = await demo.SignInAsync("contributor");
        var page = onCall.Page;
        await page.GotoAsync("/system/status");
        await Expect(page.Heading("Status")).ToBeVisibleAsync();
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await onCall.KeepAsync("system-status-idle");

        await StartAsync(other);
        var state = page.Row(Export).Locator(".badge").First;
        await Expect(state).ToHaveTextAsync(new Regex("Processing$"));
        await onCall.KeepAsync("system-status-processing");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Cancel job: {Export}" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Alertdialog);
        await Expect(dialog).ToContainTextAsync("Profiles already sent to Klaviyo are on the list or may still be added");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel job" }).ClickAsync();
        // The next click must not meet a page that still moves: the dialog closes and the answer is inserted above the table.
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(page.GetByText($"Asked to cancel: {Export}.")).ToBeVisibleAsync();
        await Expect(state).ToHaveTextAsync(new Regex("Canceled$"));
        await demo.Klaviyo.ClearFaultsAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = $"Run now: {Export}" }).ClickAsync();
        await Expect(page.GetByText($"A run of {Export} is queued.")).ToBeVisibleAsync();
        await Expect(state).ToHaveTextAsync(new Regex("Completed with warnings$"), new() { Timeout = 120_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = $"History of {Export}" }).ClickAsync();
        await Expect(page.Locator(".detail-row .latest li")).ToHaveCountAsync(2);
        await onCall.KeepAsync("system-status-history");

        await page.GetByLabel("Task", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "Segments" });
        await Expect(page.Row(Export)).ToHaveCountAsync(0);
        await page.ArrivesAsync("**/system/status?kind=segment");
        await page.ReloadAsync();
        await Expect(page.Row("Newsletter readers")).ToBeVisibleAsync();
        await Expect(page.Row(Export)).ToHaveCountAsync(0);
        await page.GotoAsync("/");
        await Expect(page.Locator(".chart li")).ToHaveCountAsync(7);
        await onCall.KeepAsync("home-after-a-run");
        Assert.Empty(onCall.Faults);
    }

    [Fact]
    public async Task An_administrator_plans_the_refresh_and_follows_one_task_by_task()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.GotoAsync("/system/schedule");
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await administrator.KeepAsync("system-schedule-off");
        await page.GetByLabel("On", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("Weekly, on chosen days").CheckAsync();
        await Expect(page.GetByText("Choose at least one day of the week.")).ToBeVisibleAsync();
        await Expect(page.Button("Save")).ToBeDisabledAsync();
        await page.GetByLabel("Monday").CheckAsync();
        await page.GetByLabel("Thursday").CheckAsync();
        await page.GetByLabel("Time zone").SelectOptionAsync("Europe/Belgrade");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add time" }).ClickAsync();
        await Expect(page.Locator(".next-times li")).ToHaveCountAsync(5);
        await page.Button("Save").ClickAsync();
        await Expect(page.GetByText("Saved. The refresh runs at the times below.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Weekly, on chosen days")).ToBeCheckedAsync();
        await Expect(page.GetByLabel("Time zone")).ToHaveValueAsync("Europe/Belgrade");

        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Refresh now" }).ClickAsync();
        await Expect(page.Row("Customers").Locator(".badge"))
            .ToHaveTextAsync(new Regex("(Successful|Completed with warnings)$"), new() { Timeout = 60_000 });
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Refresh now" })).ToBeEnabledAsync(new() { Timeout = 120_000 });
        await administrator.KeepAsync("system-schedule-refreshed");

        await page.GotoAsync("/system/general");
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await page.GetByLabel("Country/region format").SelectOptionAsync("ca-ES");
        await Expect(page.Locator("#preview-facts")).ToContainTextAsync("1.234.567,89");
        await administrator.KeepAsync("system-general");
        await page.GetByLabel("Country/region format").SelectOptionAsync("en-IE");
        await page.Button("Save").ClickAsync();
        await Expect(page.GetByText("Saved. It applies from the next page that a person opens.")).ToBeVisibleAsync();
        await page.GotoAsync("/system/about");
        await Expect(page.GetByText("15 July 2028")).ToBeVisibleAsync();
        await administrator.KeepAsync("system-about");
        await page.GotoAsync("/system/status");
        await Expect(page.Row("Customers")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Reload Customers" })).ToBeEnabledAsync();
        await administrator.KeepAsync("system-status-administrator");
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task The_system_pages_are_in_Serbian()
    {
        await using var reader = await demo.SignInAsync("administrator", "sr-Cyrl");
        foreach (
            var (address, title) in new[]
            {
                ("/", ""),
                ("/system/status", "Статус"),
                ("/system/schedule", "Распоред"),
                ("/system/general", "Опште"),
                ("/system/about", "О производу"),
            }
        )
        {
            await reader.Page.GotoAsync(address);
            await Expect(reader.Page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
            if (title.Length > 0)
                await Expect(reader.Page.Heading(title)).ToBeVisibleAsync();
            await reader.KeepAsync($"system{address.Replace('/', '-').TrimEnd('-')}-sr-Cyrl");
        }
        Assert.Empty(reader.Faults);
    }

    private static async Task StartAsync(Visitor visitor)
    {
        await visitor.Page.GotoAsync("/exports");
        await visitor.Page.Row(Export).GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Regex(@"/runs/\d+$"));
    }
}
