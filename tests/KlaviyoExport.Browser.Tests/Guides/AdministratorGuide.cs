using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Alerts;
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

    public async Task AddSourcesAsync(string customers, GuideDatabase database)
    {
        await _steps.AddSourceAsync("Csv", "Customers");
        await page.Entry(texts.Of<SourcesTexts>("Location")).FillAsync(customers);
        await page.Button(texts.Of<SourcesTexts>("Test")).ClickAsync();
        await Expect(page.Choice(texts.Of<SourcesTexts>("Key"))).ToHaveValueAsync("customer_id");
        await page.GetByText(texts.Of<SourcesTexts>("ReadAs"), new() { Exact = true }).ClickAsync();
        await page.Choice(texts.Of<SourcesTexts>("Encoding")).SelectOptionAsync("utf-8");
        await Expect(page.Part(texts.Of<SourcesTexts>("Columns"))).ToBeVisibleAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Fact(texts.Of<SourcesTexts>("Profiles"))).ToHaveTextAsync(5_000.ToString("N0", texts.Language));
        await Expect(page.Part(texts.Of<SourcesTexts>("MalformedTitle", 2))).ToBeVisibleAsync();
        await page.Button(texts.Of<SourcesTexts>("Reload")).ClickAsync();
        await Expect(page.Button(texts.Of<SourcesTexts>("Reload"))).ToBeEnabledAsync();
        await pictures.TakePageAsync(page, "source", Path.GetDirectoryName(customers));

        await _steps.UploadTwoCustomersAsync("Uploaded");
        await AddDatabaseAsync(database);
    }

    public async Task ConnectAsync()
    {
        await _steps.ConnectAsync("Practice store", SandboxKlaviyo.FullKey);
        await pictures.TakePageAsync(page, "connection");
        await page.StepOf(texts.Of<ConnectionsTexts>("Authenticate"))
            .GetByRole(AriaRole.Button, new() { Name = texts.Of<ConnectionsTexts>("Authenticate"), Exact = true })
            .ClickAsync();
        await page.ArrivesAsync("**/oauth/authorize?*");
        await page.GetByLabel("Practice Store").CheckAsync();
        await page.Button("Allow").ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("Authenticated", "Practice Store"))).ToBeVisibleAsync();
        await _steps.SaveConnectionAsync("Practice store", GuidePeople.Password);
    }

    /// <summary>Adds a person. Returns the path of the link that the administrator makes for this person.</summary>
    public async Task<string> AddPersonAsync(string name, string email, string role)
    {
        await FillInPersonAsync(name, email, role);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = texts.Of<PeopleTexts>("Invite") }).UncheckAsync();
        await page.Button(texts.Of<SharedTexts>("Add")).ClickAsync();
        await Expect(page.Heading(name)).ToBeVisibleAsync();
        await page.Button(texts.Of<PeopleTexts>("MakeLink")).ClickAsync();
        var link = page.Entry(texts.Of<PeopleTexts>("Link"));
        await Expect(link).ToHaveValueAsync(PasswordLink());
        return new Uri(await link.InputValueAsync()).PathAndQuery;
    }

    /// <summary>Adds a person, who gets an invitation, and sends another mail. Returns the path of its link.</summary>
    public async Task<string> InvitePersonAsync(string name, string email, string role, MailServer mail)
    {
        await FillInPersonAsync(name, email, role);
        await page.Button(texts.Of<SharedTexts>("Add")).ClickAsync();
        await Expect(page.Heading(name)).ToBeVisibleAsync();
        await Patience.UntilAsync(() => LinksTo(mail, email).Any());
        await page.Button(texts.Of<PeopleTexts>("MailLink")).ClickAsync();
        await Expect(page.GetByText(texts.Of<PeopleTexts>("LinkMailed"))).ToBeVisibleAsync();
        await Patience.UntilAsync(() => LinksTo(mail, email).Count() == 2);
        return LinksTo(mail, email).Last();
    }

    public async Task ChangeRoleAsync(string name)
    {
        await OpenPersonAsync(name);
        await page.GetByLabel(texts.Of<SharedTexts>("Role.Viewer")).CheckAsync();
        await page.Button(texts.Of<PeopleTexts>("ChangeRole")).ClickAsync();
        await page.Button(texts.Of<SharedTexts>("UndoChange")).ClickAsync();
        await Expect(page.GetByLabel(texts.Of<SharedTexts>("Role.Operator"))).ToBeCheckedAsync();
    }

    public async Task LookAtSecondFactorAndAuditAsync()
    {
        await _steps.GoAsync("System", "Permissions");
        await page.Link(texts.Of<PeopleTexts>("SecondFactor")).ClickAsync();
        await page.GetByLabel(texts.Of<SharedTexts>("Role.Viewer")).CheckAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<PeopleTexts>("SecondFactorSaved"))).ToBeVisibleAsync();
        await _steps.GoAsync("System", "Audit");
        await Expect(page.Row(GuidePeople.Contributor).First).ToBeVisibleAsync();
    }

    public async Task ScheduleRefreshAsync()
    {
        await _steps.GoAsync("System", "Schedule");
        await Expect(page.Part(texts.Of<SystemTexts>("RefreshSchedule"))).ToBeVisibleAsync();
        await Expect(page.GetByLabel(texts.Of<SystemTexts>("Off"), new() { Exact = true })).ToBeCheckedAsync();
        await page.GetByLabel(texts.Of<SystemTexts>("On"), new() { Exact = true }).CheckAsync();
        await page.GetByLabel(texts.Of<SystemTexts>("Weekly"), new() { Exact = true }).CheckAsync();
        await page.GetByLabel(texts.Of<SystemTexts>("Daily"), new() { Exact = true }).CheckAsync();
        await page.Choice(texts.Of<SystemTexts>("TimeZone")).SelectOptionAsync("Europe/Madrid");
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<SystemTexts>("SavedOn"))).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = texts.Of<SystemTexts>("NextTimes") }).GetByRole(AriaRole.Listitem))
            .ToHaveCountAsync(5);
        await RefreshAsync();
    }

    public async Task RefreshAsync()
    {
        await _steps.GoAsync("System", "Schedule");
        await page.Button(texts.Of<SystemTexts>("RefreshNow")).ClickAsync();
        await Expect(page.GetByText(texts.Of<SystemTexts>("RefreshEnded"))).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(page.Part(texts.Of<SystemTexts>("LastRefresh"))).ToBeVisibleAsync();
    }

    public async Task TellPeopleAsync()
    {
        await _steps.GoAsync("System", "Alerts");
        await page.GetByLabel(texts.Of<AlertsTexts>("ByMail"), new() { Exact = true }).ClickAsync();
        await Expect(page.GetByLabel(texts.Of<AlertsTexts>("ByBell"), new() { Exact = true })).ToBeVisibleAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).First.ClickAsync();
        await Expect(page.GetByText(texts.Of<AlertsTexts>("Saved"))).ToBeVisibleAsync();

        await page.GetByText(texts.Of<AlertsTexts>("AddWebhook"), new() { Exact = true }).ClickAsync();
        await page.Entry(texts.Of<AlertsTexts>("Name")).FillAsync("Shop");
        await page.Entry(texts.Of<AlertsTexts>("Url")).FillAsync("https://shop.example/alerts");
        await page.GetByLabel(texts.Of<AlertsTexts>("Secret")).FillAsync("three quiet rivers in spring");
        await page.Button(texts.Of<SharedTexts>("Add")).ClickAsync();
        await Expect(page.Row("shop.example")).ToBeVisibleAsync();

        await _steps.ChooseOwnAlertsAsync(GuidePeople.First);
    }

    public async Task LookAfterTheInstallationAsync()
    {
        await _steps.GoAsync("System", "Status");
        await Expect(page.Part(texts.Of<SystemTexts>("Health"))).ToBeVisibleAsync();
        await _steps.GoAsync("System", "About");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("2026-07-15");
    }

    /// <summary>The export user is no administrator any more, so the reader takes the connection over.</summary>
    public async Task TakeOverAsync(string connection, string exportUser)
    {
        await OpenPersonAsync(exportUser);
        await page.GetByLabel(texts.Of<SharedTexts>("Role.Viewer")).CheckAsync();
        await page.Button(texts.Of<PeopleTexts>("ChangeRole")).ClickAsync();
        await Expect(page.Button(texts.Of<SharedTexts>("UndoChange"))).ToBeVisibleAsync();
        await OpenConnectionAsync(connection);
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("ExportUserLostText"))).ToBeVisibleAsync();
        await page.Link(texts.Of<ConnectionsTexts>("TakeOver")).ClickAsync();
        await _steps.SignInAsExportUserAsync(GuidePeople.Password);
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("ExportUserLostText"))).ToHaveCountAsync(0);
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("ExportUserSince", GuidePeople.Second))).ToBeVisibleAsync();
    }

    public async Task RemoveConnectionAsync(string connection, string export)
    {
        await OpenConnectionAsync(connection);
        await page.Link(texts.Of<ConnectionsTexts>("RemoveConnection")).ClickAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = export })
            .GetByRole(AriaRole.Radio, new() { NameRegex = new("^" + Regex.Escape(texts.Of<ConnectionsTexts>("RemovalChoice.Detach"))) })
            .CheckAsync();
        await page.Button(texts.Of<ConnectionsTexts>("RemoveConnection")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("Removed", connection))).ToBeVisibleAsync();
    }

    private static IEnumerable<string> LinksTo(MailServer mail, string email) =>
        mail
            .Mails.Where(sent => sent.To.Mailboxes.Any(box => box.Address == email))
            .Select(sent => LinkInMail().Match(sent.TextBody!).Value)
            .Where(link => link.Length > 0);

    private async Task AddDatabaseAsync(GuideDatabase database)
    {
        await _steps.AddSourceAsync("PostgreSql", "Database");
        await page.Entry(texts.Of<SourcesTexts>("Host")).FillAsync(database.Host);
        await page.GetByRole(AriaRole.Spinbutton, new() { Name = texts.Of<SourcesTexts>("Port") }).FillAsync(database.Port);
        await page.Entry(texts.Of<SourcesTexts>("Database")).FillAsync(database.Name);
        await page.Entry(texts.Of<SourcesTexts>("User")).FillAsync(database.User);
        await page.Locator("#password").FillAsync(database.Password);
        // The certificate of the server is not trusted.
        await page.Option(texts.Of<SourcesTexts>("Tls.Encrypted")).CheckAsync();
        await page.Button(texts.Of<SourcesTexts>("TestServer")).ClickAsync();
        await page.Choice(texts.Of<SourcesTexts>("TableChoice")).SelectOptionAsync(GuideDatabase.Table);
        await Expect(page.Choice(texts.Of<SourcesTexts>("Key"))).ToHaveValueAsync("id");
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Fact(texts.Of<SourcesTexts>("Profiles"))).ToHaveTextAsync("1");
    }

    private async Task FillInPersonAsync(string name, string email, string role)
    {
        await _steps.GoAsync("System", "Permissions");
        await page.Link(texts.Of<PeopleTexts>("AddPerson")).ClickAsync();
        await page.Entry(texts.Of<PeopleTexts>("Name")).FillAsync(name);
        await page.Entry(texts.Of<PeopleTexts>("Email")).FillAsync(email);
        await page.GetByRole(AriaRole.Radiogroup, new() { Name = texts.Of<PeopleTexts>("Role"), Exact = true })
            .GetByLabel(texts.Of<SharedTexts>($"Role.{role}"))
            .CheckAsync();
    }

    private async Task OpenPersonAsync(string name)
    {
        await _steps.GoAsync("System", "Permissions");
        await page.Link(name).ClickAsync();
        await Expect(page.Heading(name)).ToBeVisibleAsync();
        await page.WaitForCircuitAsync();
    }

    private async Task OpenConnectionAsync(string name)
    {
        await _steps.GoAsync("Admin", "Connections");
        await page.Row(name).GetByRole(AriaRole.Link, new() { Name = texts.Of<ConnectionsTexts>("EditOf", name) }).ClickAsync();
    }

    [GeneratedRegex("/set-password")]
    private static partial Regex PasswordLink();

    [GeneratedRegex(@"/set-password\S+")]
    private static partial Regex LinkInMail();
}
