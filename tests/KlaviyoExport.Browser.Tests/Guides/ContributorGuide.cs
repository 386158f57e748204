using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using RunsTexts = KlaviyoExport.Web.Pages.Runs.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/quick-start.md in the demo, and docs/guides/contributor.md.</summary>
internal sealed class ContributorGuide(IPage page, PageTexts texts, GuidePictures pictures)
{
    private const string City = "Barcelona";
    private const int Members = 186;
    private readonly GuideSteps _steps = new(page, texts);

    public async Task FollowAsync()
    {
        await RunTheReadyExportAsync();
        await _steps.DescribeSegmentAsync(City, "Customers", Members);
        await pictures.TakePageAsync(page, "segment");
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();
        await AddExportAsync();
        await LookBeforeSendingAsync();
        await RunAsync();
        await ScheduleAsync();
    }

    private async Task RunTheReadyExportAsync()
    {
        // Where a sign-in to the demo leads, see DemoTour.
        await page.GotoAsync("/exports/1");
        await Expect(page.GetByText(texts.Of<SharedTexts>("Tour"))).ToBeVisibleAsync();
        await page.EndTourAsync(texts);
        await Expect(page.Heading("Newsletter readers to Klaviyo")).ToBeVisibleAsync();
        await page.Button(texts.Of<ExportsTexts>("RunNow")).ClickAsync();
        await page.RunOpensAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
        await Expect(page.GetByText(texts.Of<RunsTexts>("AddsUp"), new() { Exact = true })).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = texts.Of<RunsTexts>("Rejections"), Exact = true })).ToBeVisibleAsync();
        await pictures.TakePageAsync(page, "run");
    }

    private async Task AddExportAsync()
    {
        await _steps.DescribeExportAsync(City, "Customers", "Practice store");
        await page.Button(texts.Of<ExportsTexts>("AddField")).ClickAsync();
        await page.Choice(texts.Of<ExportsTexts>("Field")).SelectOptionAsync("first_name");
        await Expect(page.Choice(texts.Of<ExportsTexts>("Attribute"))).ToHaveValueAsync("first_name");
        await Expect(page.GetByLabel(texts.Of<ExportsTexts>("SyncMode.Full"))).ToBeCheckedAsync();
        await pictures.TakePageAsync(page, "export-form");
        await _steps.SaveExportAsync();
    }

    private async Task LookBeforeSendingAsync()
    {
        var forecast = page.GetByRole(AriaRole.Region, new() { Name = texts.Of<ExportsTexts>("Forecast"), Exact = true });
        await forecast.GetByRole(AriaRole.Button, new() { Name = texts.Of<ExportsTexts>("ForecastSample"), Exact = true }).ClickAsync();
        await Expect(forecast.GetByText(texts.Of<ExportsTexts>("ForecastNew"), new() { Exact = true })).ToBeVisibleAsync();
        await pictures.TakePartAsync(forecast, "forecast");

        await page.Button(texts.Of<ExportsTexts>("PreviewShow")).ClickAsync();
        await Expect(page.Locator(".previewed")).ToHaveCountAsync(10);

        await page.Entry(texts.Of<ExportsTexts>("TestProfileKey")).FillAsync("C-00002");
        await page.Button(texts.Of<ExportsTexts>("TestProfileSend")).ClickAsync();
        await page.Button(texts.Of<ExportsTexts>("TestProfileDo")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ExportsTexts>("TestOutcome.Accepted", "C-00002"))).ToBeVisibleAsync();
    }

    private async Task RunAsync()
    {
        var export = page.Url;
        await page.Button(texts.Of<ExportsTexts>("RunNow")).ClickAsync();
        await page.RunOpensAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.Successful"));
        await page.GotoAsync(export);
        await page.WaitForCircuitAsync();
    }

    private async Task ScheduleAsync()
    {
        await page.Link(texts.Of<ExportsTexts>("Schedule")).First.ClickAsync();
        await Expect(page.Heading(texts.Of<ExportsTexts>("ScheduleTitle"))).ToBeVisibleAsync();
        await page.GetByLabel(texts.Of<ExportsTexts>("On"), new() { Exact = true }).CheckAsync();
        await page.GetByLabel(texts.Of<ExportsTexts>("OwnRecurrence")).CheckAsync();
        await Expect(page.GetByText(texts.Of<ExportsTexts>("NextTimes"), new() { Exact = true })).ToBeVisibleAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ExportsTexts>("Done.Scheduled"))).ToBeVisibleAsync();
    }
}
