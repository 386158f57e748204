using System.Text;
using KlaviyoExport.Connections;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using AccountTexts = KlaviyoExport.Web.Pages.Account.Texts;
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

    public async Task UploadTwoCustomersAsync(string name)
    {
        await page.GoAsync(texts.Of<SharedTexts>("Sources"));
        await page.Link(texts.Of<SourcesTexts>("Add")).First.ClickAsync();
        await page.Link(texts.Of<SourcesTexts>("Kind.Csv")).ClickAsync();
        await page.Entry(texts.Of<SourcesTexts>("Name")).FillAsync(name);
        await page.GetByLabel(texts.Of<SourcesTexts>("Upload"))
            .SetInputFilesAsync(
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
        await page.GoAsync(texts.Of<SharedTexts>("Segments"));
        await page.Link(texts.Of<SegmentsTexts>("Add")).First.ClickAsync();
        await page.Entry(texts.Of<SegmentsTexts>("Name")).FillAsync(city);
        await page.Choice(texts.Of<SegmentsTexts>("Source")).SelectOptionAsync(source);
        await page.Button(texts.Of<SegmentsTexts>("AddCondition")).ClickAsync();
        await page.Choice(texts.Of<SegmentsTexts>("Field")).SelectOptionAsync("city");
        await page.Entry(texts.Of<SegmentsTexts>("Value")).FillAsync(city);
        await Expect(page.Locator(".member-count strong")).ToHaveTextAsync(members.ToString(texts.Language));
    }

    /// <summary>Completes the steps of a connection up to Connect.</summary>
    public async Task ConnectAsync(string name, string key)
    {
        await page.GoAsync(texts.Of<SharedTexts>("Connections"));
        await page.Link(texts.Of<ConnectionsTexts>("Add")).First.ClickAsync();
        await page.Button(texts.Of<ConnectionsTexts>("SetUpOf", "Klaviyo")).ClickAsync();
        await Expect(page.Locator(".step")).ToHaveCountAsync(9);
        await page.WaitForCircuitAsync();
        await page.Entry(texts.Of<ConnectionsTexts>("Name")).FillAsync(name);
        await page.Entry(texts.Of<ConnectionsTexts>("Name")).PressAsync("Enter");
        await page.Locator("#key").FillAsync(key);
        await page.Button(texts.Of<ConnectionsTexts>("KeyUse")).ClickAsync();
        await page.GetByLabel(PrivacyText.Agree(texts.Language)).CheckAsync();
        await page.Button(texts.Of<ConnectionsTexts>("Connect")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("ConnectedText"))).ToBeVisibleAsync();
    }

    /// <summary>Completes the last two steps of a connection.</summary>
    public async Task SaveConnectionAsync(string name, string password)
    {
        await page.WaitForCircuitAsync();
        await page.StepOf(texts.Of<ConnectionsTexts>("ExportUser")).GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByLabel(texts.Of<AccountTexts>("Password")).FillAsync(password);
        await page.Button(texts.Of<AccountTexts>("ExportUser")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("SaveReady"))).ToBeVisibleAsync();
        await page.WaitForCircuitAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ConnectionsTexts>("Done.Saved"))).ToBeVisibleAsync();
        await Expect(page.Row(name)).ToContainTextAsync(texts.Of<ConnectionsTexts>("Health.Works"));
    }

    /// <summary>Fills in the form of an export of one segment to the list "Win back" of the sandbox. Saves nothing.</summary>
    public async Task DescribeExportAsync(string segment, string source, string connection)
    {
        await page.GoAsync(texts.Of<SharedTexts>("Exports"));
        await page.Link(texts.Of<ExportsTexts>("Add")).First.ClickAsync();
        await page.Choice(texts.Of<ExportsTexts>("ConnectionFor")).SelectOptionAsync(connection);
        await page.Entry(texts.Of<ExportsTexts>("Name")).FillAsync(segment);
        await page.Button(texts.Of<ExportsTexts>("PickList")).ClickAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("Win back");
        await page.Locator(".picker-item").Filter(new() { HasText = "Win back" }).First.ClickAsync();
        await Expect(page.Entry(texts.Of<ExportsTexts>("ListId"))).ToHaveValueAsync("WbK4t9");
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
