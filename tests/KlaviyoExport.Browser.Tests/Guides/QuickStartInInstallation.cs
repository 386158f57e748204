using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using ConnectionsTexts = KlaviyoExport.Web.Pages.Connections.Texts;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using SetupTexts = KlaviyoExport.Web.Pages.Setup.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;
using StartTexts = KlaviyoExport.Web.Pages.Start.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/quick-start.md, "In a real installation". It has no OAuth app of Klaviyo.</summary>
internal sealed class QuickStartInInstallation(IPage page, PageTexts texts)
{
    private readonly GuideSteps _steps = new(page, texts);

    public async Task FollowAsync(string setupLink)
    {
        await page.GotoAsync(setupLink);
        await Expect(page.Heading(texts.Of<SetupTexts>("Welcome"))).ToBeVisibleAsync();
        await page.GetByLabel(texts.Of<SetupTexts>("Name")).FillAsync(GuidePeople.First);
        await page.GetByLabel(texts.Of<SetupTexts>("Email")).FillAsync(GuidePeople.FirstEmail);
        await page.GetByLabel(texts.Of<SetupTexts>("Password"), new() { Exact = true }).FillAsync(GuidePeople.Password);
        await page.GetByLabel(texts.Of<SetupTexts>("PasswordAgain"), new() { Exact = true }).FillAsync(GuidePeople.Password);
        await page.Button(texts.Of<SetupTexts>("Create")).ClickAsync();
        await Expect(page.GetByText(texts.Of<StartTexts>("FirstSteps"))).ToBeVisibleAsync();

        await TrySamplesAsync();
        await _steps.UploadTwoCustomersAsync("Two customers");
        await _steps.DescribeSegmentAsync("Girona", "Two customers", members: 1);
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Heading("Girona")).ToBeVisibleAsync();

        await _steps.ConnectAsync("Store", SandboxKlaviyo.SecondStoreKey);
        await page.Button(texts.Of<ConnectionsTexts>("ConfirmAccount")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("Confirmed", "Second Store"))).ToBeVisibleAsync();
        await _steps.SaveConnectionAsync("Store", GuidePeople.Password);

        await _steps.DescribeExportAsync("Girona", "Two customers", "Store", "Clients de Girona");
        await _steps.SaveExportAsync();
        await page.Button(texts.Of<ExportsTexts>("RunNow")).ClickAsync();
        await page.RunOpensAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.Successful"));
    }

    private async Task TrySamplesAsync()
    {
        await page.Button(texts.Of<StartTexts>("UseSample.Source")).ClickAsync();
        await Expect(page.Heading(texts.Of<SharedTexts>("SampleCustomers"))).ToBeVisibleAsync();
        await _steps.GoHomeAsync();
        await page.Button(texts.Of<StartTexts>("UseSample.Connection")).ClickAsync();
        await Expect(page.Heading(texts.Of<SharedTexts>("PracticeConnection"))).ToBeVisibleAsync();
        await _steps.GoHomeAsync();
        await _steps.ConfirmAsync(texts.Of<StartTexts>("RemoveSamples"), texts.Of<StartTexts>("RemoveSamples"));
        await Expect(page.GetByText(texts.Of<StartTexts>("SamplesRemoved"))).ToBeVisibleAsync();
    }
}
