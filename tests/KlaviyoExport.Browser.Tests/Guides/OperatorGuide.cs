using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using RunsTexts = KlaviyoExport.Web.Pages.Runs.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/operator.md, with the exports of <see cref="ContributorGuide"/>.</summary>
/// <param name="klaviyo">The sandbox. Most states pass too quickly to be read, so its faults hold them.</param>
internal sealed class OperatorGuide(IPage page, PageTexts texts, GuidePictures pictures, SandboxKlaviyo klaviyo)
{
    private const int HoldMs = 3_000;
    private readonly GuideSteps _steps = new(page, texts);

    public async Task RunAndWatchAsync()
    {
        await _steps.GoAsync("Data", "Exports");
        await Expect(page.Row(ContributorGuide.Readers)).ToContainTextAsync(texts.Of<SharedTexts>("Status.NotStarted"));
        await klaviyo.BreakAsync("delay", call: "get_profiles", delayMs: HoldMs);
        await RunFromListAsync();
        await IsNowAsync("Preparing");
        await klaviyo.ClearFaultsAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
        foreach (var part in new[] { "Flow", "Ledger", "Timeline", "Rejections", "ListCheck", "Batches" })
            await Expect(page.Part(texts.Of<RunsTexts>(part))).ToBeVisibleAsync();
        await _steps.GoAsync("Data", "Exports");
        await pictures.TakePageAsync(page, "exports");
    }

    public async Task SendRejectedAgainAsync()
    {
        await _steps.GoAsync("Data", "Runs");
        await page.Row(ContributorGuide.Readers).Locator("a[href^='runs/']").First.ClickAsync();
        await Expect(page.Link(texts.Of<RunsTexts>("Csv"))).ToBeVisibleAsync();
        await Expect(page.Button(texts.Of<RunsTexts>("RetryAll"))).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = texts.Of<RunsTexts>("Reason.Refused") }).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("ReasonHelp.Refused"))).ToBeVisibleAsync();
        await page.Button(texts.Of<RunsTexts>("RetryOnly")).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("Retries"))).ToBeVisibleAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
    }

    /// <summary>Runs all exports, of which one waits for the other, and cancels them.</summary>
    public async Task RunAllAndCancelAsync()
    {
        await klaviyo.BreakAsync("job-stuck");
        await _steps.GoAsync("Data", "Exports");
        await page.WaitForCircuitAsync();
        await page.Button(texts.Of<ExportsTexts>("RunAll")).ClickAsync();
        var started = page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Status).Locator("a[href^='runs/']");
        await Expect(started).ToHaveCountAsync(2);
        var addresses = await started.EvaluateAllAsync<string[]>("links => links.map(link => link.href)");
        await page.GotoAsync(addresses[0]);
        await IsNowAsync("Confirming");
        await page.GotoAsync(addresses[1]);
        await IsNowAsync("Queued");
        await CancelAsync();
        await page.GotoAsync(addresses[0]);
        await CancelAsync();
        await Expect(page.GetByRole(AriaRole.Rowheader, new() { Name = texts.Of<RunsTexts>("Unsent") }).Last).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Rowheader, new() { Name = texts.Of<RunsTexts>("Unconfirmed") }).Last).ToBeVisibleAsync();
        await klaviyo.ClearFaultsAsync();
    }

    public async Task FindRunThatNeedsApprovalAsync(string run)
    {
        await page.GotoAsync(run);
        await IsNowAsync("NeedsApproval");
        await Expect(page.Button(texts.Of<RunsTexts>("Approve"))).ToHaveCountAsync(0);
        await Expect(page.Button(texts.Of<RunsTexts>("Reject"))).ToHaveCountAsync(0);
        await Expect(page.Button(texts.Of<RunsTexts>("Cancel"))).ToBeVisibleAsync();
        await klaviyo.BreakAsync("delay", call: "remove_profiles_from_list", delayMs: HoldMs);
    }

    /// <summary>The run that was approved takes people off the list. Then it is undone.</summary>
    public async Task WatchRemovalAndUndoAsync(string run)
    {
        await page.GotoAsync(run);
        await IsNowAsync("Removing");
        await klaviyo.ClearFaultsAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
        await _steps.ConfirmAsync(texts.Of<RunsTexts>("Undo"), texts.Of<RunsTexts>("UndoAction"));
        await Expect(page.GetByText(texts.Of<RunsTexts>("Undoes"), new() { Exact = true })).ToBeVisibleAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.Successful"));
    }

    public async Task SeeRunsFailAsync()
    {
        await klaviyo.BreakAsync("status", 500, call: "bulk_import_profiles");
        await _steps.GoAsync("Data", "Exports");
        await RunFromListAsync();
        await IsNowAsync("FailedRetrying");
        await CancelAsync();
        await klaviyo.ClearFaultsAsync();

        await klaviyo.BreakAsync("status", 403, call: "bulk_import_profiles");
        await page.Button(texts.Of<RunsTexts>("RunAgain")).ClickAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.FailedPermanent"));
        await klaviyo.ClearFaultsAsync();
        var run = new Uri(page.Url).AbsolutePath[1..];
        await _steps.GoAsync("System", "Status");
        await Expect(page.Row(ContributorGuide.Readers).First).ToContainTextAsync(texts.Of<SharedTexts>("Status.FailedPermanent"));
        await _steps.GoHomeAsync();
        await page.GetByRole(AriaRole.Main).Locator($"a[href='{run}']").First.ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("NextStep"), new() { Exact = true })).ToBeVisibleAsync();
        await klaviyo.BreakAsync("delay", call: "bulk_import_profiles", delayMs: HoldMs);
        await page.Button(texts.Of<RunsTexts>("RunAgain")).ClickAsync();
        await IsNowAsync("Sending");
        await klaviyo.ClearFaultsAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
    }

    public async Task SeeSkippedExportAsync()
    {
        await _steps.GoAsync("Data", "Exports");
        await Expect(page.Row(ContributorGuide.Readers)).ToContainTextAsync(texts.Of<SharedTexts>("Status.Skipped"));
    }

    public async Task BeToldAsync()
    {
        await _steps.ChooseOwnAlertsAsync(GuidePeople.Operator);
        await page.GotoAsync("/help");
        await page.GetByRole(AriaRole.Main).Locator("a[href='help/operator']").ClickAsync();
        await page.Locator(".help-outline a[href='help/operator#when-a-run-fails']").ClickAsync();
        await Expect(page.Locator("#when-a-run-fails")).ToBeInViewportAsync();
        await page.Locator(".help-main a[href='help/how-it-works#the-ledger']").ClickAsync();
        await Expect(page.Locator("#the-ledger")).ToBeInViewportAsync();
    }

    private async Task RunFromListAsync()
    {
        await page.Row(ContributorGuide.Readers).GetByText(texts.Of<ExportsTexts>("RunNow"), new() { Exact = true }).ClickAsync();
        await page.RunOpensAsync();
    }

    private async Task CancelAsync()
    {
        await page.WaitForCircuitAsync();
        await _steps.ConfirmAsync(texts.Of<RunsTexts>("Cancel"), texts.Of<RunsTexts>("CancelAction"));
        await page.EndsAsync(texts.Of<SharedTexts>("Status.Canceled"));
    }

    private Task IsNowAsync(string state) =>
        Expect(page.RunState()).ToContainTextAsync(texts.Of<SharedTexts>($"Status.{state}"), new() { Timeout = 60_000 });
}
