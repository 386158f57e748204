using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using ExportsTexts = KlaviyoExport.Web.Pages.Exports.Texts;
using LookupTexts = KlaviyoExport.Web.Pages.Lookup.Texts;
using RunsTexts = KlaviyoExport.Web.Pages.Runs.Texts;
using SegmentsTexts = KlaviyoExport.Web.Pages.Segments.Texts;
using SharedTexts = KlaviyoExport.Web.Components.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>docs/guides/contributor.md, with the customers and the connection of <see cref="AdministratorGuide"/>.</summary>
internal sealed class ContributorGuide(IPage page, PageTexts texts, GuidePictures pictures)
{
    public const string City = "Barcelona";
    public const string Readers = "Newsletter readers";
    private const string OtherCity = "Girona";
    private const string Others = "All others";
    private const string Source = "Customers";
    private const string Connection = "Practice store";
    private const int Members = 186;
    private readonly GuideSteps _steps = new(page, texts);

    public async Task DefineSegmentsAsync()
    {
        await _steps.DescribeSegmentAsync(City, Source, Members);
        await pictures.TakePageAsync(page, "segment");
        await page.Button(texts.Of<SegmentsTexts>("AddGroup")).First.ClickAsync();
        var group = page.Locator("fieldset.group fieldset.group");
        await group.GetByRole(AriaRole.Button, new() { Name = texts.Of<SegmentsTexts>("AddCondition"), Exact = true }).ClickAsync();
        await group.GetByLabel(texts.Of<SegmentsTexts>("Field"), new() { Exact = true }).SelectOptionAsync("country");
        await group.GetByLabel(texts.Of<SegmentsTexts>("Value"), new() { Exact = true }).FillAsync("Spain");
        await Expect(page.Locator(".member-count strong")).ToHaveTextAsync(Members.ToString(texts.Language));
        await page.GetByRole(AriaRole.Checkbox, new() { Name = texts.Of<SegmentsTexts>("PartCounts") }).CheckAsync();
        await Expect(page.Locator(".part-count").First).ToContainTextAsync(Members.ToString(texts.Language));
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();
        await RemoveTheSegmentByMistakeAsync();
        await DescribeSegmentOfAnotherAsync();
        await DescribeReadersAsync();
    }

    public async Task AddExportAsync()
    {
        await _steps.DescribeExportAsync(City, Source, Connection, "Win back");
        await Expect(page.Part(texts.Of<ExportsTexts>("Matching"))).ToBeVisibleAsync();
        await MapAsync("first_name", "first_name");
        await MapAsync("tier", texts.Of<ExportsTexts>("Property"));
        await page.GetByRole(AriaRole.Group, new() { Name = texts.Of<ExportsTexts>("Excluded"), Exact = true })
            .GetByLabel(Others)
            .CheckAsync();
        await Expect(page.Part(texts.Of<ExportsTexts>("SyncMode"))).ToBeVisibleAsync();
        await Expect(page.Option(texts.Of<ExportsTexts>("SyncMode.Full"))).ToBeCheckedAsync();
        await pictures.TakePageAsync(page, "export-form");
        await _steps.SaveExportAsync();
        await LookBeforeSendingAsync();
        await RunAsync();
    }

    public async Task AddExportOfReadersAsync()
    {
        await _steps.DescribeExportAsync(Readers, Source, Connection, Readers);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = texts.Of<ExportsTexts>("Audience.LeaveOutSuppressed") }).CheckAsync();
        await _steps.SaveExportAsync();
    }

    public async Task ScheduleAsync()
    {
        await OpenExportAsync(City);
        await page.Link(texts.Of<ExportsTexts>("Schedule")).First.ClickAsync();
        await Expect(page.Heading(texts.Of<ExportsTexts>("ScheduleTitle"))).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Radiogroup, new() { Name = texts.Of<ExportsTexts>("ScheduleRun"), Exact = true })
            .GetByLabel(texts.Of<ExportsTexts>("On"), new() { Exact = true })
            .CheckAsync();
        await page.Option(texts.Of<ExportsTexts>("OwnRecurrence")).CheckAsync();
        await page.Choice(texts.Of<ExportsTexts>("TimeZone")).FillAsync("Europe/Madrid");
        await Expect(page.GetByText(texts.Of<ExportsTexts>("NextTimes"), new() { Exact = true })).ToBeVisibleAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ExportsTexts>("Done.Scheduled"))).ToBeVisibleAsync();
        await ScheduleTogetherAsync();
    }

    /// <summary>
    /// The list follows a segment that changes. Rejects a run that waits for approval, and returns the address of another that waits.
    /// </summary>
    public async Task<string> FollowTheSegmentAsync()
    {
        await OpenExportAsync(City);
        await page.Link(texts.Of<SharedTexts>("Edit")).ClickAsync();
        await Expect(page.Part(texts.Of<ExportsTexts>("Audience"))).ToBeVisibleAsync();
        foreach (var audience in new[] { "UpdateOnly", "OnlySubscribed", "LeaveOutSuppressed" })
        {
            var choice = page.GetByRole(AriaRole.Checkbox, new() { Name = texts.Of<ExportsTexts>($"Audience.{audience}") });
            await choice.CheckAsync();
            await choice.UncheckAsync();
        }
        await page.Option(texts.Of<ExportsTexts>("SyncMode.Incremental")).CheckAsync();
        await page.Option(texts.Of<ExportsTexts>("SyncMode.Mirror")).CheckAsync();
        await Expect(page.Part(texts.Of<ExportsTexts>("ListRules"))).ToBeVisibleAsync();
        await page.Choice(texts.Of<ExportsTexts>("Verify")).SelectOptionAsync("Weekly");
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = texts.Of<ExportsTexts>("ApprovalWhen") })).ToBeVisibleAsync();
        await _steps.SaveExportAsync();
        await RunAsync();

        await _steps.GoAsync("Data", "Segments");
        await page.Link(City).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();
        await page.Link(texts.Of<SharedTexts>("Edit")).ClickAsync();
        await page.Entry(texts.Of<SegmentsTexts>("Value")).First.FillAsync(OtherCity);
        await Expect(page.Locator(".member-count strong")).Not.ToHaveTextAsync(Members.ToString(texts.Language));
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();

        await OpenExportAsync(City);
        await page.Button(texts.Of<ExportsTexts>("RunNow")).ClickAsync();
        await page.RunOpensAsync();
        await Expect(page.RunState()).ToContainTextAsync(texts.Of<SharedTexts>("Status.NeedsApproval"));
        await _steps.ConfirmAsync(texts.Of<RunsTexts>("Reject"), texts.Of<RunsTexts>("RejectAction"));
        await page.EndsAsync(texts.Of<SharedTexts>("Status.Canceled"));
        await page.Button(texts.Of<RunsTexts>("RunAgain")).ClickAsync();
        await Expect(page.RunState()).ToContainTextAsync(texts.Of<SharedTexts>("Status.NeedsApproval"));
        return page.Url;
    }

    /// <summary>Approves the run that waits.</summary>
    public Task ApproveAsync() => _steps.ConfirmAsync(texts.Of<RunsTexts>("Approve"), texts.Of<RunsTexts>("ApproveAction"));

    /// <summary>Selects all members that a run rejected, and sends them again.</summary>
    public async Task CorrectRejectedAsync()
    {
        await _steps.GoAsync("Data", "Runs");
        await page.Row(Readers)
            .Filter(new() { HasText = texts.Of<SharedTexts>("Status.CompletedWithWarnings") })
            .Last.Locator("a[href^='runs/']")
            .First.ClickAsync();
        await Expect(page.Part(texts.Of<RunsTexts>("Rejections"))).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = texts.Of<RunsTexts>("Detail"), Exact = true }))
            .ToBeVisibleAsync();
        await Expect(page.Link(texts.Of<RunsTexts>("CsvWithColumns"))).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = texts.Of<RunsTexts>("Reason.Refused") }).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("ReasonHelp.Refused"))).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = texts.Of<RunsTexts>("AllReasons") }).ClickAsync();
        await page.Button(texts.Of<RunsTexts>("RetryAll")).ClickAsync();
        await Expect(page.GetByText(texts.Of<RunsTexts>("Retries"))).ToBeVisibleAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.CompletedWithWarnings"));
    }

    public async Task LookAPersonUpAsync()
    {
        await _steps.GoAsync("Data", "Person", texts.Of<LookupTexts>("Title"));
        await page.Entry(texts.Of<LookupTexts>("Person")).FillAsync("C-00002");
        await page.Button(texts.Of<LookupTexts>("Find")).ClickAsync();
        await Expect(page.Locator("main h2").First).ToContainTextAsync("C-00002");
    }

    public async Task RemoveExportAsync()
    {
        await OpenExportAsync(City);
        var export = page.Url;
        await Expect(page.Part(texts.Of<ExportsTexts>("More"))).ToBeVisibleAsync();
        await page.Button(texts.Of<ExportsTexts>("Duplicate")).ClickAsync();
        await page.ArrivesAsync("**/edit");
        await _steps.SaveExportAsync();
        await _steps.ConfirmAsync(texts.Of<SharedTexts>("Remove"), texts.Of<SharedTexts>("Remove"));
        await Expect(page.GetByText(texts.Of<ExportsTexts>("Done.Removed"))).ToBeVisibleAsync();

        await page.GotoAsync(export);
        await _steps.ConfirmAsync(texts.Of<ExportsTexts>("Detach"), texts.Of<ExportsTexts>("Detach"));
        await Expect(page.GetByText(texts.Of<ExportsTexts>("DetachedText"))).ToBeVisibleAsync();
    }

    private async Task RemoveTheSegmentByMistakeAsync()
    {
        await page.Button(texts.Of<SharedTexts>("Remove")).ClickAsync();
        await Expect(page.GetByText(texts.Of<SegmentsTexts>("Removed", City))).ToBeVisibleAsync();
        await page.Button(texts.Of<SharedTexts>("UndoChange")).ClickAsync();
        await Expect(page.Heading(City)).ToBeVisibleAsync();
    }

    private async Task DescribeSegmentOfAnotherAsync()
    {
        await _steps.GoAsync("Data", "Segments");
        await page.Link(texts.Of<SegmentsTexts>("Add")).First.ClickAsync();
        await page.Entry(texts.Of<SegmentsTexts>("Name")).FillAsync(Others);
        await page.Choice(texts.Of<SegmentsTexts>("Source")).SelectOptionAsync(Source);
        await page.Button(texts.Of<SegmentsTexts>("AddReference")).ClickAsync();
        await page.Choice(texts.Of<SegmentsTexts>("ReferenceKind")).SelectOptionAsync("False");
        await page.Choice(texts.Of<SegmentsTexts>("Segment")).SelectOptionAsync(City);
        await Expect(page.Locator(".member-count strong")).ToHaveTextAsync((5_000 - Members).ToString("N0", texts.Language));
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Heading(Others)).ToBeVisibleAsync();
    }

    private async Task DescribeReadersAsync()
    {
        await _steps.GoAsync("Data", "Segments");
        await page.Link(texts.Of<SegmentsTexts>("Add")).First.ClickAsync();
        await page.Entry(texts.Of<SegmentsTexts>("Name")).FillAsync(Readers);
        await page.Choice(texts.Of<SegmentsTexts>("Source")).SelectOptionAsync(Source);
        await page.Button(texts.Of<SegmentsTexts>("AddCondition")).ClickAsync();
        await page.Choice(texts.Of<SegmentsTexts>("Field")).SelectOptionAsync("newsletter");
        await page.Choice(texts.Of<SegmentsTexts>("Operator")).SelectOptionAsync("Equal");
        await page.Choice(texts.Of<SegmentsTexts>("Value")).SelectOptionAsync("true");
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.Heading(Readers)).ToBeVisibleAsync();
    }

    /// <summary>Maps one more field, and looks at its rules.</summary>
    private async Task MapAsync(string field, string attribute)
    {
        await Expect(page.GetByText(texts.Of<ExportsTexts>("FurtherFields"), new() { Exact = true })).ToBeVisibleAsync();
        var rows = page.Locator(".mapping-row");
        var before = await rows.CountAsync();
        await page.Button(texts.Of<ExportsTexts>("AddField")).ClickAsync();
        await Expect(rows).ToHaveCountAsync(before + 1);
        var row = rows.Last;
        await row.GetByLabel(texts.Of<ExportsTexts>("Field"), new() { Exact = true }).SelectOptionAsync(field);
        await row.GetByLabel(texts.Of<ExportsTexts>("Attribute"), new() { Exact = true })
            .SelectOptionAsync(new SelectOptionValue { Label = attribute });
        await row.GetByText(texts.Of<ExportsTexts>("RulesOf", field)).ClickAsync();
        await row.GetByLabel(texts.Of<ExportsTexts>("DefaultValue")).FillAsync("unknown");
        await Expect(row.GetByLabel(texts.Of<ExportsTexts>("MappedType"), new() { Exact = true })).ToBeVisibleAsync();
        foreach (var choice in new[] { "WhenInvalid.Reject", "WhenInvalid.LeaveOut" })
            await row.GetByLabel(texts.Of<ExportsTexts>("WhenInvalid"), new() { Exact = true })
                .SelectOptionAsync(new SelectOptionValue { Label = texts.Of<ExportsTexts>(choice) });
        await row.GetByText(texts.Of<ExportsTexts>("RulesOf", field)).ClickAsync();
    }

    private async Task LookBeforeSendingAsync()
    {
        var forecast = page.GetByRole(AriaRole.Region, new() { Name = texts.Of<ExportsTexts>("Forecast"), Exact = true });
        await forecast.GetByRole(AriaRole.Button, new() { Name = texts.Of<ExportsTexts>("ForecastSample"), Exact = true }).ClickAsync();
        await Expect(forecast.GetByText(texts.Of<ExportsTexts>("ForecastNew"), new() { Exact = true })).ToBeVisibleAsync();
        await pictures.TakePartAsync(forecast, "forecast");

        await Expect(page.Part(texts.Of<ExportsTexts>("Preview"))).ToBeVisibleAsync();
        await page.Button(texts.Of<ExportsTexts>("PreviewShow")).ClickAsync();
        await Expect(page.Locator(".previewed")).ToHaveCountAsync(10);

        await Expect(page.Part(texts.Of<ExportsTexts>("TestProfile"))).ToBeVisibleAsync();
        await page.Entry(texts.Of<ExportsTexts>("TestProfileKey")).FillAsync("C-00002");
        await page.Button(texts.Of<ExportsTexts>("TestProfileSend")).ClickAsync();
        await page.Button(texts.Of<ExportsTexts>("TestProfileDo")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ExportsTexts>("TestOutcome.Accepted", "C-00002"))).ToBeVisibleAsync();
    }

    private async Task RunAsync()
    {
        await page.Button(texts.Of<ExportsTexts>("RunNow")).ClickAsync();
        await page.RunOpensAsync();
        await page.EndsAsync(texts.Of<SharedTexts>("Status.Successful"));
    }

    private async Task ScheduleTogetherAsync()
    {
        await _steps.GoAsync("Data", "Exports");
        await page.WaitForCircuitAsync();
        foreach (var name in new[] { City, Readers })
            await page.GetByLabel(texts.Of<ExportsTexts>("SelectOf", name), new() { Exact = true }).CheckAsync();
        await page.Locator(".selection")
            .GetByRole(AriaRole.Button, new() { Name = texts.Of<ExportsTexts>("Schedule"), Exact = true })
            .ClickAsync();
        await page.Option(texts.Of<ExportsTexts>("NewForAll")).CheckAsync();
        await page.GetByLabel(texts.Of<ExportsTexts>("On"), new() { Exact = true }).CheckAsync();
        await page.Option(texts.Of<ExportsTexts>("Schedule.Refresh")).CheckAsync();
        await page.Button(texts.Of<SharedTexts>("Save")).ClickAsync();
        await Expect(page.GetByText(texts.Of<ExportsTexts>("Done.Scheduled"))).ToBeVisibleAsync();
    }

    private async Task OpenExportAsync(string name)
    {
        await _steps.GoAsync("Data", "Exports");
        await page.Link(name).ClickAsync();
        await Expect(page.Heading(name)).ToBeVisibleAsync();
        await page.WaitForCircuitAsync();
    }
}
