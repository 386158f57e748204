using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using AlertsTexts = KlaviyoExport.Web.Pages.Alerts.Texts;
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

    /// <param name="folder">A folder of the server from which files can be read.</param>
    public async Task FollowAsync(string folder)
    {
        await page.GotoAsync("/exports/1");
        await page.EndTourAsync(texts);
        await page.GotoAsync("/sources/1");
        await page.Button(texts.Of<SourcesTexts>("Reload")).ClickAsync();
        await Expect(page.Fact(texts.Of<SourcesTexts>("Profiles"))).ToBeVisibleAsync();
        await pictures.TakePageAsync(page, "source");
        await _steps.UploadTwoCustomersAsync("Girona");
        await ReadFileOfServerAsync(folder);
        await ConnectAsync();
        await AddPersonAsync();
        await ScheduleRefreshAsync();
        await TellPeopleAsync();
        await LookAfterTheInstallationAsync();
        await RemoveConnectionAsync();
    }

    private async Task ReadFileOfServerAsync(string folder)
    {
        var file = Path.Combine(folder, "vic.csv");
        await File.WriteAllTextAsync(file, "number;email\n1;ana@shop.example\n2;ben@shop.example\n");
        await page.GoAsync(texts.Of<SharedTexts>("Sources"));
        await page.Link(texts.Of<SourcesTexts>("Add")).First.ClickAsync();
        await page.Link(texts.Of<SourcesTexts>("Kind.Csv")).ClickAsync();
        await page.Entry(texts.Of<SourcesTexts>("Name")).FillAsync("Vic");
        await page.Entry(texts.Of<SourcesTexts>("Location")).FillAsync(file);
        await page.Button(texts.Of<SourcesTexts>("Test")).ClickAsync();
        await Expect(page.Choice(texts.Of<SourcesTexts>("Key"))).ToHaveValueAsync("number");
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Fact(texts.Of<SourcesTexts>("Profiles"))).ToHaveTextAsync("2");
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
        await page.GetByLabel(texts.Of<SharedTexts>("Role.Viewer")).CheckAsync();
        await page.Button(texts.Of<PeopleTexts>("ChangeRole")).ClickAsync();
        await page.Button(texts.Of<SharedTexts>("UndoChange")).ClickAsync();
        await Expect(page.GetByLabel(texts.Of<SharedTexts>("Role.Operator"))).ToBeCheckedAsync();
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
        await page.Button(texts.Of<SystemTexts>("RefreshNow")).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = texts.Of<SystemTexts>("LastRefresh") })).ToBeVisibleAsync();
    }

    private async Task TellPeopleAsync()
    {
        await page.GoAsync(texts.Of<SharedTexts>("Alerts"));
        await page.GetByLabel(texts.Of<AlertsTexts>("ByMail"), new() { Exact = true }).ClickAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).First.ClickAsync();
        await Expect(page.GetByText(texts.Of<AlertsTexts>("Saved"))).ToBeVisibleAsync();

        await page.GetByText(texts.Of<AlertsTexts>("AddWebhook"), new() { Exact = true }).ClickAsync();
        await page.Entry(texts.Of<AlertsTexts>("Name")).FillAsync("Shop");
        await page.Entry(texts.Of<AlertsTexts>("Url")).FillAsync("https://shop.example/alerts");
        await page.GetByLabel(texts.Of<AlertsTexts>("Secret")).FillAsync("three quiet rivers in spring");
        await page.Button(texts.Of<SharedTexts>("Add")).ClickAsync();
        await Expect(page.Row("shop.example")).ToBeVisibleAsync();
    }

    private async Task LookAfterTheInstallationAsync()
    {
        await page.GoAsync(texts.Of<SharedTexts>("Status"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = texts.Of<SystemTexts>("Health") })).ToBeVisibleAsync();
        await page.GoAsync(texts.Of<SharedTexts>("About"));
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("2026-07-15");
    }

    private async Task RemoveConnectionAsync()
    {
        await page.GoAsync(texts.Of<SharedTexts>("Connections"));
        await page.Row("Girona").GetByRole(AriaRole.Link, new() { Name = texts.Of<ConnectionsTexts>("EditOf", "Girona") }).ClickAsync();
        await page.Link(texts.Of<ConnectionsTexts>("RemoveConnection")).ClickAsync();
        await page.Button(texts.Of<ConnectionsTexts>("RemoveConnection")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("Removed", "Girona"))).ToBeVisibleAsync();
    }

    [GeneratedRegex("/set-password")]
    private static partial Regex PasswordLink();
}
