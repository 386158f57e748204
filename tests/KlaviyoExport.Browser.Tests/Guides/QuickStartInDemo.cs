using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using RunsTexts = KlaviyoExport.Web.Pages.Runs.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/quick-start.md, "In the demo".</summary>
internal sealed class QuickStartInDemo(IPage page, PageTexts texts, GuidePictures pictures)
{
    private const string Ready = "Newsletter readers to Klaviyo";
    private readonly GuideSteps _steps = new(page, texts);

    /// <param name="sandbox">The address of the sandbox, which the console shows.</param>
    public async Task FollowAsync(string sandbox)
    {
        await page.GotoAsync("/");
        await _steps.SignInAsync("contributor@demo.example", DemoApp.Password);
        await Expect(page.GetByText(texts.Of<SharedTexts>("Tour"))).ToBeVisibleAsync();
        await page.EndTourAsync(texts);
        await _steps.GoAsync("Data", "Exports");
        await page.Link(Ready).ClickAsync();
        await Expect(page.Heading(Ready)).ToBeVisibleAsync();

        await page.Button(texts.Of<ExportsTexts>("RunNow")).ClickAsync();
        await page.RunOpensAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
        await Expect(page.Part(texts.Of<RunsTexts>("Ledger"))).ToBeVisibleAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("AddsUp"), new() { Exact = true })).ToHaveCountAsync(2);
        await Expect(page.Part(texts.Of<RunsTexts>("Rejections"))).ToBeVisibleAsync();
        await pictures.TakePageAsync(page, "run");

        await page.GotoAsync(sandbox);
        await page.GetByRole(AriaRole.Link, new() { Name = "Newsletter readers", Exact = true }).ClickAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("@");
    }
}
