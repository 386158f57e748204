using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using ConnectionsTexts = KlaviyoExport.Web.Pages.Connections.Texts;
using PeopleTexts = KlaviyoExport.Web.Pages.People.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;
using SourcesTexts = KlaviyoExport.Web.Pages.Sources.Texts;
using SystemTexts = KlaviyoExport.Web.Pages.System.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/administrator.md, from the sources on.</summary>
internal sealed partial class AdministratorGuide(IPage page, PageTexts texts, GuidePictures pictures)
{
    private readonly GuideSteps _steps = new(page, texts);

    public async Task FollowAsync()
    {
        await page.GotoAsync("/exports/1");
        await page.EndTourAsync(texts);
        await page.GotoAsync("/sources/1");
        await Expect(page.Fact(texts.Of<SourcesTexts>("Profiles"))).ToBeVisibleAsync();
        await pictures.TakePageAsync(page, "source");
        await _steps.UploadTwoCustomersAsync("Girona");
        await ConnectAsync();
        await AddPersonAsync();
        await ScheduleRefreshAsync();
    }

    private async Task ConnectAsync()
    {
        await _steps.ConnectAsync("Girona", SandboxKlaviyo.SecondStoreKey);
        await pictures.TakePageAsync(page, "connection");
        await page.Button(texts.Of<ConnectionsTexts>("Authenticate")).ClickAsync();
        await page.ArrivesAsync("**/oauth/authorize?*");
        await page.GetByLabel("Second Store").CheckAsync();
        await page.Button("Allow").ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("Authenticated", "Second Store"))).ToBeVisibleAsync();
        await _steps.SaveConnectionAsync("Girona", DemoApp.Password);
    }

    private async Task AddPersonAsync()
    {
        await page.GoAsync(texts.Of<SharedTexts>("Permissions"));
        await page.Link(texts.Of<PeopleTexts>("AddPerson")).ClickAsync();
        await page.Entry(texts.Of<PeopleTexts>("Name")).FillAsync("Neus Nova");
        await page.Entry(texts.Of<PeopleTexts>("Email")).FillAsync("neus@shop.example");
        await page.GetByLabel(texts.Of<SharedTexts>("Role.Operator")).CheckAsync();
        await page.Button(texts.Of<SharedTexts>("Add")).ClickAsync();
        await Expect(page.Heading("Neus Nova")).ToBeVisibleAsync();
        await page.Button(texts.Of<PeopleTexts>("MakeLink")).ClickAsync();
        await Expect(page.Entry(texts.Of<PeopleTexts>("Link"))).ToHaveValueAsync(PasswordLink());
    }

    private async Task ScheduleRefreshAsync()
    {
        await page.GoAsync(texts.Of<SharedTexts>("Schedule"));
        await Expect(page.Heading(texts.Of<SystemTexts>("Schedule"))).ToBeVisibleAsync();
        await page.GetByLabel(texts.Of<SystemTexts>("On"), new() { Exact = true }).CheckAsync();
        await page.GetByLabel(texts.Of<SystemTexts>("Daily"), new() { Exact = true }).CheckAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<SystemTexts>("SavedOn"))).ToBeVisibleAsync();
    }

    [GeneratedRegex("/set-password")]
    private static partial Regex PasswordLink();
}
