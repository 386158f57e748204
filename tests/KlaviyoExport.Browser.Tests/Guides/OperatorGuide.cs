using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using AlertsTexts = KlaviyoExport.Web.Pages.Alerts.Texts;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using RunsTexts = KlaviyoExport.Web.Pages.Runs.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/operator.md.</summary>
internal sealed class OperatorGuide(IPage page, PageTexts texts, GuidePictures pictures)
{
    private const string Ready = "Newsletter readers to Klaviyo";
    private readonly GuideSteps _steps = new(page, texts);

    /// <param name="klaviyo">The sandbox, which the steps for a canceled run need: without a fault, a run ends too soon.</param>
    public async Task FollowAsync(SandboxKlaviyo klaviyo)
    {
        await page.GotoAsync("/exports/1");
        await page.EndTourAsync(texts);
        await page.GoAsync(texts.Of<SharedTexts>("Exports"));
        await Expect(page.Row(Ready)).ToContainTextAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
        await pictures.TakePageAsync(page, "exports");
        await page.Row(Ready).GetByText(texts.Of<ExportsTexts>("RunNow"), new() { Exact = true }).ClickAsync();
        await page.RunOpensAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));

        await page.GetByRole(AriaRole.Button, new() { Name = texts.Of<RunsTexts>("Reason.Refused") }).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("ReasonHelp.Refused"))).ToBeVisibleAsync();
        await page.Button(texts.Of<RunsTexts>("RetryOnly")).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("Retries"))).ToBeVisibleAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));

        await klaviyo.BreakAsync("job-stuck");
        await page.GoAsync(texts.Of<SharedTexts>("Exports"));
        await page.Row(Ready).GetByText(texts.Of<ExportsTexts>("RunNow"), new() { Exact = true }).ClickAsync();
        await page.RunOpensAsync();
        await _steps.ConfirmAsync(texts.Of<RunsTexts>("Cancel"), texts.Of<RunsTexts>("CancelAction"));
        await page.EndsAsync(texts.Of<SharedTexts>("Status.Canceled"));
        await klaviyo.ClearFaultsAsync();
        await page.Button(texts.Of<RunsTexts>("RunAgain")).ClickAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));

        await page.GotoAsync("/account/alerts");
        await page.Locator("tbody input[type=checkbox]").First.ClickAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<AlertsTexts>("Saved"))).ToBeVisibleAsync();

        await page.GotoAsync("/help");
        await page.GetByRole(AriaRole.Main).Locator("a[href='help/operator']").ClickAsync();
        await page.Locator(".help-outline a[href='help/operator#when-a-run-fails']").ClickAsync();
        await Expect(page.Locator("#when-a-run-fails")).ToBeInViewportAsync();
        await page.Locator(".help-main a[href='help/how-it-works#the-ledger']").ClickAsync();
        await Expect(page.Locator("#the-ledger")).ToBeInViewportAsync();
    }
}
