using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using AccountTexts = KlaviyoExport.Web.Pages.Account.Texts;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using LookupTexts = KlaviyoExport.Web.Pages.Lookup.Texts;
using RunsTexts = KlaviyoExport.Web.Pages.Runs.Texts;
using SegmentsTexts = KlaviyoExport.Web.Pages.Segments.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/quick-start.md in the demo, and docs/guides/contributor.md.</summary>
internal sealed class ContributorGuide(IPage page, PageTexts texts, GuidePictures pictures)
{
    private const string City = "Barcelona";
    private const string OtherCity = "Girona";
    private const string Ready = "Newsletter readers";
    private const int Members = 186;
    private readonly GuideSteps _steps = new(page, texts);

    /// <param name="sandbox">The address of the sandbox, which the console shows.</param>
    public async Task FollowAsync(string sandbox)
    {
        await SignInAsync();
        await RunTheReadyExportAsync();
        await LookIntoTheSandboxAsync(sandbox);
        await _steps.DescribeSegmentAsync(City, "Customers", Members);
        await pictures.TakePageAsync(page, "segment");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = texts.Of<SegmentsTexts>("PartCounts") }).CheckAsync();
        await Expect(page.Locator(".part-count").First).ToContainTextAsync(Members.ToString(texts.Language));
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();
        await RemoveTheSegmentByMistakeAsync();
        await AddExportAsync();
        await LookBeforeSendingAsync();
        await RunAsync();
        await ScheduleAsync();
        await FollowTheListAsync();
        await ScheduleTogetherAsync("On");
        // The other guides run the ready export themselves.
        await ScheduleTogetherAsync("Off");
        await LookAPersonUpAsync();
        await RemoveTheExportAsync();
    }

    private async Task SignInAsync()
    {
        await page.GotoAsync("/");
        await page.Entry(texts.Of<AccountTexts>("Email")).FillAsync("contributor@demo.example");
        await page.GetByLabel(texts.Of<AccountTexts>("Password")).FillAsync(DemoApp.Password);
        await page.Button(texts.Of<AccountTexts>("SignIn")).ClickAsync();
    }

    private async Task RunTheReadyExportAsync()
    {
        await Expect(page.GetByText(texts.Of<SharedTexts>("Tour"))).ToBeVisibleAsync();
        await page.EndTourAsync(texts);
        await Expect(page.Heading("Newsletter readers to Klaviyo")).ToBeVisibleAsync();
        await page.Button(texts.Of<ExportsTexts>("RunNow")).ClickAsync();
        await page.RunOpensAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
        await Expect(page.GetByText(texts.Of<RunsTexts>("AddsUp"), new() { Exact = true })).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = texts.Of<RunsTexts>("Rejections"), Exact = true })).ToBeVisibleAsync();
        await pictures.TakePageAsync(page, "run");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.Of<RunsTexts>("Reason.Refused") }).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("ReasonHelp.Refused"))).ToBeVisibleAsync();
        await Expect(page.Link(texts.Of<RunsTexts>("CsvWithColumns"))).ToBeVisibleAsync();
    }

    private async Task LookIntoTheSandboxAsync(string sandbox)
    {
        await page.GotoAsync(sandbox);
        await page.GetByRole(AriaRole.Link, new() { Name = Ready, Exact = true }).ClickAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("@");
        await page.GotoAsync("/");
    }

    private async Task RemoveTheSegmentByMistakeAsync()
    {
        await page.Button(texts.Of<SharedTexts>("Remove")).ClickAsync();
        await Expect(page.GetByText(texts.Of<SegmentsTexts>("Removed", City))).ToBeVisibleAsync();
        await page.Button(texts.Of<SharedTexts>("UndoChange")).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();
    }

    private async Task AddExportAsync()
    {
        await _steps.DescribeExportAsync(City, "Customers", "Practice store");
        await page.Button(texts.Of<ExportsTexts>("AddField")).ClickAsync();
        await page.Choice(texts.Of<ExportsTexts>("Field")).SelectOptionAsync("first_name");
        await Expect(page.Choice(texts.Of<ExportsTexts>("Attribute"))).ToHaveValueAsync("first_name");
        await page.GetByText(texts.Of<ExportsTexts>("RulesOf", "first_name")).ClickAsync();
        await Expect(page.GetByLabel(texts.Of<ExportsTexts>("DefaultValue"))).ToBeVisibleAsync();
        await page.GetByText(texts.Of<ExportsTexts>("RulesOf", "first_name")).ClickAsync();
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

    /// <summary>The list follows a segment that changes: the run needs approval, is rejected, approved and undone.</summary>
    private async Task FollowTheListAsync()
    {
        await page.Link(texts.Of<SharedTexts>("Edit")).ClickAsync();
        foreach (var audience in new[] { "UpdateOnly", "OnlySubscribed", "LeaveOutSuppressed" })
        {
            var choice = page.GetByRole(AriaRole.Checkbox, new() { Name = texts.Of<ExportsTexts>($"Audience.{audience}") });
            await choice.CheckAsync();
            await choice.UncheckAsync();
        }
        await page.GetByLabel(texts.Of<ExportsTexts>("SyncMode.Mirror")).CheckAsync();
        await _steps.SaveExportAsync();
        await RunAsync();

        await page.GoAsync(texts.Of<SharedTexts>("Segments"));
        await Expect(page.Heading(texts.Of<SegmentsTexts>("Segments"))).ToBeVisibleAsync();
        await page.Link(City).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();
        await page.Link(texts.Of<SharedTexts>("Edit")).ClickAsync();
        await page.Entry(texts.Of<SegmentsTexts>("Value")).FillAsync(OtherCity);
        await Expect(page.Locator(".member-count strong")).Not.ToHaveTextAsync(Members.ToString(texts.Language));
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();

        await OpenExportAsync();
        await page.Button(texts.Of<ExportsTexts>("RunNow")).ClickAsync();
        await page.RunOpensAsync();
        await DecideAsync("Reject", "Status.Canceled");
        await page.Button(texts.Of<RunsTexts>("RunAgain")).ClickAsync();
        await DecideAsync("Approve", "Status.CompletedWithWarnings");
        await _steps.ConfirmAsync(texts.Of<RunsTexts>("Undo"), texts.Of<RunsTexts>("UndoAction"));
        await Expect(page.GetByText(texts.Of<RunsTexts>("Undoes"), new() { Exact = true })).ToBeVisibleAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.Successful"));
    }

    private async Task DecideAsync(string decision, string state)
    {
        await Expect(page.RunState()).ToContainTextAsync(texts.Of<SharedTexts>("Status.NeedsApproval"));
        await _steps.ConfirmAsync(texts.Of<RunsTexts>(decision), texts.Of<RunsTexts>($"{decision}Action"));
        await page.EndsAsync(texts.Of<SharedTexts>(state));
    }

    private async Task ScheduleTogetherAsync(string state)
    {
        await page.GoAsync(texts.Of<SharedTexts>("Exports"));
        await page.ArrivesAsync("**/exports");
        await page.WaitForCircuitAsync();
        foreach (var name in new[] { City, $"{Ready} to Klaviyo" })
            await page.GetByLabel(texts.Of<ExportsTexts>("SelectOf", name), new() { Exact = true }).CheckAsync();
        await page.Locator(".selection")
            .GetByRole(AriaRole.Link, new() { Name = texts.Of<ExportsTexts>("Schedule"), Exact = true })
            .ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("^" + Regex.Escape(texts.Of<ExportsTexts>(state))) })
            .CheckAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ExportsTexts>("Done.Scheduled"))).ToBeVisibleAsync();
    }

    private async Task LookAPersonUpAsync()
    {
        await page.GoAsync(texts.Of<SharedTexts>("Person"));
        await page.Entry(texts.Of<LookupTexts>("Person")).FillAsync("C-00002");
        await page.Button(texts.Of<LookupTexts>("Find")).ClickAsync();
        await Expect(page.Locator("main h2").First).ToContainTextAsync("C-00002");
    }

    private async Task RemoveTheExportAsync()
    {
        var export = await OpenExportAsync();
        await page.Button(texts.Of<ExportsTexts>("Duplicate")).ClickAsync();
        await page.ArrivesAsync("**/edit");
        await _steps.SaveExportAsync();
        await _steps.ConfirmAsync(texts.Of<SharedTexts>("Remove"), texts.Of<SharedTexts>("Remove"));
        await Expect(page.GetByText(texts.Of<ExportsTexts>("Done.Removed"))).ToBeVisibleAsync();

        await page.GotoAsync(export);
        await _steps.ConfirmAsync(texts.Of<ExportsTexts>("Detach"), texts.Of<ExportsTexts>("Detach"));
        await Expect(page.GetByText(texts.Of<ExportsTexts>("DetachedText"))).ToBeVisibleAsync();
    }

    private async Task<string> OpenExportAsync()
    {
        await page.GoAsync(texts.Of<SharedTexts>("Exports"));
        await Expect(page.Heading(texts.Of<ExportsTexts>("Exports"))).ToBeVisibleAsync();
        await page.Link(City).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();
        return page.Url;
    }
}
