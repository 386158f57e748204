using System.Text;
using KlaviyoExport.Connections;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using AccountTexts = KlaviyoExport.Web.Pages.Account.Texts;
using AlertsTexts = KlaviyoExport.Web.Pages.Alerts.Texts;
using ConnectionsTexts = KlaviyoExport.Web.Pages.Connections.Texts;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using SegmentsTexts = KlaviyoExport.Web.Pages.Segments.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;
using SourcesTexts = KlaviyoExport.Web.Pages.Sources.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>The steps that several guides have. Each begins in the navigation, as in the guides.</summary>
internal sealed class GuideSteps(IPage page, PageTexts texts)
{
    private const string TwoCustomers = "number,email,city\n1,ana@shop.example,Girona\n2,ben@shop.example,Niš\n";

    /// <summary>Follows a link of the navigation.</summary>
    /// <param name="group">The key of the group's text: Data, Admin or System.</param>
    /// <param name="name">The key of the link's text.</param>
    /// <param name="title">The title of the page. Null when it is the text of the link.</param>
    public async Task GoAsync(string group, string name, string? title = null)
    {
        await page.Locator(".nav > li")
            .Filter(new() { Has = page.GetByText(texts.Of<SharedTexts>(group), new() { Exact = true }) })
            .GetByRole(AriaRole.Link, new() { Name = texts.Of<SharedTexts>(name), Exact = true })
            .ClickAsync();
        await Expect(page.Heading(title ?? texts.Of<SharedTexts>(name))).ToBeVisibleAsync();
    }

    /// <summary>Follows the link of the navigation to Home.</summary>
    public Task GoHomeAsync() =>
        page.GetByRole(AriaRole.Navigation)
            .GetByRole(AriaRole.Link, new() { Name = texts.Of<SharedTexts>("Home"), Exact = true })
            .First.ClickAsync();

    /// <summary>Changes what the reader is told, from the menu with the name.</summary>
    public async Task ChooseOwnAlertsAsync(string reader)
    {
        await page.Button($"{texts.Of<SharedTexts>("Account")}: {reader}").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = texts.Of<SharedTexts>("YourAlerts"), Exact = true }).ClickAsync();
        await Expect(page.Heading(texts.Of<SharedTexts>("YourAlerts"))).ToBeVisibleAsync();
        await page.WaitForCircuitAsync();
        await page.Locator("tbody input[type=checkbox]").First.ClickAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<AlertsTexts>("Saved"))).ToBeVisibleAsync();
    }

    /// <summary>Chooses a kind of source, and names the source.</summary>
    public async Task AddSourceAsync(string kind, string name)
    {
        await GoAsync("Data", "Sources");
        await page.Link(texts.Of<SourcesTexts>("Add")).First.ClickAsync();
        await page.Link(texts.Of<SourcesTexts>($"Kind.{kind}")).ClickAsync();
        await page.Entry(texts.Of<SourcesTexts>("Name")).FillAsync(name);
    }

    /// <summary>Sets a password with a link that somebody has received, and signs in.</summary>
    public async Task SetPasswordAndSignInAsync(string link, string email, string password)
    {
        await page.GotoAsync(link);
        await page.GetByLabel(texts.Of<AccountTexts>("NewPassword"), new() { Exact = true }).FillAsync(password);
        await page.GetByLabel(texts.Of<AccountTexts>("PasswordAgain"), new() { Exact = true }).FillAsync(password);
        await page.Button(texts.Of<AccountTexts>("SetPassword")).ClickAsync();
        await Expect(page.GetByText(texts.Of<AccountTexts>("PasswordSet"))).ToBeVisibleAsync();
        await SignInAsync(email, password);
    }

    /// <summary>Fills in the page on which people sign in.</summary>
    public async Task SignInAsync(string email, string password)
    {
        await Expect(page.Heading(texts.Of<AccountTexts>("SignIn"))).ToBeVisibleAsync();
        await page.Entry(texts.Of<AccountTexts>("Email")).FillAsync(email);
        await page.GetByLabel(texts.Of<AccountTexts>("Password")).FillAsync(password);
        await page.Button(texts.Of<AccountTexts>("SignIn")).ClickAsync();
        await page.ArrivesAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
    }

    public async Task UploadTwoCustomersAsync(string name)
    {
        await AddSourceAsync("Csv", name);
        var upload = page.GetByLabel(texts.Of<SourcesTexts>("Upload"));
        await Expect(upload).ToBeEnabledAsync();
        await upload.SetInputFilesAsync(
            new FilePayload
            {
                Name = "customers.csv",
                MimeType = "text/csv",
                Buffer = Encoding.UTF8.GetBytes(TwoCustomers),
            }
        );
        await Expect(page.Choice(texts.Of<SourcesTexts>("Key"))).ToHaveValueAsync("number");
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Fact(texts.Of<SourcesTexts>("Profiles"))).ToHaveTextAsync("2");
    }

    /// <summary>Fills in the form of a segment of the customers of a city. Saves nothing.</summary>
    public async Task DescribeSegmentAsync(string city, string source, int members)
    {
        await GoAsync("Data", "Segments");
        await page.Link(texts.Of<SegmentsTexts>("Add")).First.ClickAsync();
        await page.Entry(texts.Of<SegmentsTexts>("Name")).FillAsync(city);
        await page.Choice(texts.Of<SegmentsTexts>("Source")).SelectOptionAsync(source);
        await page.Button(texts.Of<SegmentsTexts>("AddCondition")).ClickAsync();
        await page.Choice(texts.Of<SegmentsTexts>("Field")).SelectOptionAsync("city");
        await page.Choice(texts.Of<SegmentsTexts>("Operator")).SelectOptionAsync("Equal");
        await page.Entry(texts.Of<SegmentsTexts>("Value")).FillAsync(city);
        await Expect(page.Locator(".member-count strong")).ToHaveTextAsync(members.ToString(texts.Language));
    }

    /// <summary>Completes the steps of a connection up to Connect, and leaves it once on the way.</summary>
    public async Task ConnectAsync(string name, string key)
    {
        await GoAsync("Admin", "Connections");
        await page.Link(texts.Of<ConnectionsTexts>("Add")).First.ClickAsync();
        await page.GetByRole(AriaRole.Main).GetByText(texts.Of<ConnectionsTexts>("SetUp"), new() { Exact = true }).ClickAsync();
        await Expect(page.Locator(".step")).ToHaveCountAsync(9);
        await Expect(page.StepOf(texts.Of<ConnectionsTexts>("Wizard.Type")))
            .ToContainTextAsync(texts.Of<ConnectionsTexts>("StepState.Done"));
        await page.WaitForCircuitAsync();
        await page.Entry(texts.Of<ConnectionsTexts>("Name")).FillAsync(name);
        await page.Entry(texts.Of<ConnectionsTexts>("Name")).PressAsync("Enter");
        await Expect(page.StepOf(texts.Of<ConnectionsTexts>("Name"))).ToContainTextAsync(texts.Of<ConnectionsTexts>("StepState.Done"));
        await page.Link(texts.Of<ConnectionsTexts>("Later")).ClickAsync();
        await page.Link(texts.Of<ConnectionsTexts>("ContinueOf", name)).ClickAsync();
        await page.WaitForCircuitAsync();

        await page.StepOf(texts.Of<ConnectionsTexts>("Sharing"))
            .GetByLabel(texts.Of<ConnectionsTexts>("Sharing.AllContributors"))
            .CheckAsync();
        await Expect(page.Choice(texts.Of<ConnectionsTexts>("KeyPlace"))).ToBeVisibleAsync();
        await page.StepOf(texts.Of<ConnectionsTexts>("Key")).Locator("#key").FillAsync(key);
        await page.Button(texts.Of<ConnectionsTexts>("KeyUse")).ClickAsync();
        await page.StepOf(texts.Of<ConnectionsTexts>("Privacy"))
            .GetByLabel(texts.Use(PrivacyText.Agree(texts.Language)), new() { Exact = true })
            .CheckAsync();
        await page.Button(texts.Of<ConnectionsTexts>("Connect")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("ConnectedText"))).ToBeVisibleAsync();
    }

    /// <summary>Completes the last two steps of a connection.</summary>
    public async Task SaveConnectionAsync(string name, string password)
    {
        await page.WaitForCircuitAsync();
        await page.StepOf(texts.Of<ConnectionsTexts>("ExportUser")).GetByRole(AriaRole.Link).ClickAsync();
        await SignInAsExportUserAsync(password);
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("SaveReady"))).ToBeVisibleAsync();
        await page.WaitForCircuitAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("Done.Saved"))).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = texts.Of<ConnectionsTexts>("Health") })).ToBeVisibleAsync();
        await Expect(page.Row(name)).ToContainTextAsync(texts.Of<ConnectionsTexts>("Health.Works"));
    }

    /// <summary>Signs in again to become the export user of a connection.</summary>
    public async Task SignInAsExportUserAsync(string password)
    {
        await page.GetByLabel(texts.Of<AccountTexts>("Password")).FillAsync(password);
        await page.Button(texts.Of<AccountTexts>("ExportUser")).ClickAsync();
    }

    /// <summary>Fills in the form of an export of one segment to a list. Saves nothing.</summary>
    public async Task DescribeExportAsync(string segment, string source, string connection, string list)
    {
        await GoAsync("Data", "Exports");
        await page.Link(texts.Of<ExportsTexts>("Add")).First.ClickAsync();
        await page.Choice(texts.Of<ExportsTexts>("ConnectionFor")).SelectOptionAsync(connection);
        await page.Entry(texts.Of<ExportsTexts>("Name")).FillAsync(segment);
        await page.Button(texts.Of<ExportsTexts>("PickList")).ClickAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync(list);
        await page.Locator(".picker-item").Filter(new() { HasText = list }).First.ClickAsync();
        await Expect(page.Entry(texts.Of<ExportsTexts>("ListId"))).Not.ToHaveValueAsync("");
        await page.Choice(texts.Of<ExportsTexts>("Source")).SelectOptionAsync(source);
        await Expect(page.Choice(texts.Of<ExportsTexts>("Email"))).ToHaveValueAsync("email");
        await page.GetByRole(AriaRole.Group, new() { Name = texts.Of<ExportsTexts>("Segments"), Exact = true })
            .GetByLabel(segment)
            .CheckAsync();
    }

    public async Task SaveExportAsync()
    {
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ExportsTexts>("SavedText"))).ToBeVisibleAsync();
    }

    /// <summary>Selects a button, and confirms with the button of the question.</summary>
    public async Task ConfirmAsync(string button, string confirmation)
    {
        await page.Button(button).ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = confirmation, Exact = true }).ClickAsync();
    }
}
