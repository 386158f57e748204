using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using RunsTexts = KlaviyoExport.Web.Pages.Runs.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/operator.md.</summary>
internal sealed class OperatorGuide(IPage page, PageTexts texts, GuidePictures pictures)
{
    public async Task FollowAsync()
    {
        await page.GotoAsync("/exports/1");
        await page.EndTourAsync(texts);
        await page.GoAsync(texts.Of<SharedTexts>("Exports"));
        await Expect(page.Row("Newsletter readers to Klaviyo")).ToContainTextAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
        await pictures.TakePageAsync(page, "exports");
        await page.Row("Newsletter readers to Klaviyo").GetByText(texts.Of<ExportsTexts>("RunNow"), new() { Exact = true }).ClickAsync();
        await page.RunOpensAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));

        await page.GetByRole(AriaRole.Button, new() { Name = texts.Of<RunsTexts>("Reason.Refused") }).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("ReasonHelp.Refused"))).ToBeVisibleAsync();
        await page.Button(texts.Of<RunsTexts>("RetryOnly")).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("Retries"))).ToBeVisibleAsync();

        await page.GotoAsync("/help");
        await page.GetByRole(AriaRole.Main).Locator("a[href='help/operator']").ClickAsync();
        await page.Locator(".help-outline a[href='help/operator#when-a-run-fails']").ClickAsync();
        await Expect(page.Locator("#when-a-run-fails")).ToBeInViewportAsync();
        await page.Locator(".help-main a[href='help/how-it-works#the-ledger']").ClickAsync();
        await Expect(page.Locator("#the-ledger")).ToBeInViewportAsync();
    }
}
