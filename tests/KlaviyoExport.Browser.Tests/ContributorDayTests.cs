using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>Everything a contributor does with exports, from creation to removal.</summary>
public sealed partial class ContributorDayTests(DemoApp demo)
{
    private const string Export = "Spring letter";

    [Fact]
    public async Task A_contributor_creates_changes_schedules_duplicates_detaches_and_removes_an_export()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.DescribeExportAsync(Export, "Win back", "Customers", "Newsletter readers");
        await Expect(page.Locator(".union")).ToContainTextAsync("Distinct profiles in the chosen segments");
        await contributor.KeepAsync("export-form-new");
        await page.Button("Save").ClickAsync();
        await Expect(page.GetByText("Saved. Saving does not run the export")).ToBeVisibleAsync();

        await ConflictAsync(contributor);
        await ScheduleAsync(contributor);

        await page.GotoAsync("/exports");
        await OpenCommandsAsync(page, Export);
        await contributor.KeepAsync("exports");
        await page.Button($"Create duplicate: {Export}").ClickAsync();
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync($"{Export} (copy)");

        await page.GotoAsync("/exports?search=spring");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await OpenCommandsAsync(page, $"{Export} (copy)");
        await page.Button($"Detach connection: {Export} (copy)").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Detach connection" }).ClickAsync();
        await Expect(page.Row($"{Export} (copy)").First).ToContainTextAsync("No connection");

        // The copy, which only an administrator can fix, stays; the original is removed.
        await page.Button($"More commands: {Export}").ClickAsync();
        await page.Button($"Remove: {Export}").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync("Its schedule ends: Spring letter.");
        await contributor.PhotographAsync("export-remove");
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.GetByText("Removed.")).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        Assert.Empty(contributor.Faults);
    }

    [Fact]
    public async Task A_removed_segment_comes_back_by_one_click()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.GotoAsync("/segments/new");
        await page.GetByLabel("Name").FillAsync("Removed by mistake");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Source" }).SelectOptionAsync("Customers");
        await Expect(page.Locator(".member-count strong")).Not.ToBeEmptyAsync();
        await page.Button("Save").ClickAsync();
        await Expect(page.Heading("Removed by mistake")).ToBeVisibleAsync();
        await page.Button("Remove").ClickAsync();
        await Expect(page.GetByText("Removed by mistake was removed.")).ToBeVisibleAsync();
        await Expect(page.Row("Removed by mistake")).ToHaveCountAsync(0);
        await contributor.KeepAsync("segment-removed");

        await page.Button("Undo").ClickAsync();
        await Expect(page.Heading("Removed by mistake")).ToBeVisibleAsync();
        await page.GotoAsync("/segments");
        await Expect(page.Row("Removed by mistake")).ToHaveCountAsync(1);
        await Expect(page.Button("Undo")).ToHaveCountAsync(0);
        Assert.Empty(contributor.Faults);
    }

    [Fact]
    public async Task The_view_is_in_the_URL_and_the_back_button_undoes_a_step()
    {
        await using var viewer = await demo.SignInAsync("viewer", "sr-Cyrl");
        var page = viewer.Page;
        await page.GotoAsync("/exports");
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await page.Locator("th").GetByRole(AriaRole.Link, new() { Name = "Статус" }).ClickAsync();
        await page.ArrivesAsync("**/exports?sort=Status");
        await Expect(page.Locator("th[aria-sort=ascending]")).ToContainTextAsync("Статус");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("нема таквог");
        await Expect(page.GetByText("Ниједан извоз не одговара")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.GoBackAsync();
        await Expect(page.Locator("th[aria-sort=ascending]")).ToContainTextAsync("Име за приказ");
        await Expect(page.Row("Newsletter readers to Klaviyo")).ToBeVisibleAsync();
        await viewer.KeepAsync("exports-sr");
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task The_back_button_asks_about_unsaved_changes_too()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.GotoAsync("/exports");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add destination" }).ClickAsync();
        await page.GetByLabel("Display name").FillAsync("Half an export");
        await Expect(page.Locator("[data-unsaved]")).ToHaveCountAsync(1);
        var asked = new List<string>();
        var stayed = new TaskCompletionSource();
        page.Dialog += async (_, dialog) =>
        {
            asked.Add(dialog.Message);
            if (asked.Count > 1)
            {
                await dialog.AcceptAsync();
                return;
            }
            await dialog.DismissAsync();
            stayed.SetResult();
        };
        await page.EvaluateAsync("history.back()");
        await stayed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await page.ArrivesAsync("**/exports/new");
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync("Half an export");
        await page.Locator(".crumbs").GetByRole(AriaRole.Link, new() { Name = "Exports" }).ClickAsync();
        await Expect(page.Heading("Exports")).ToBeVisibleAsync();
        Assert.Equal(["You have unsaved changes. Leave without saving?", "You have unsaved changes. Leave without saving?"], asked);
    }

    /// <summary>
    /// An administrator saves first. The contributor sees both versions, keeps one field of theirs and takes another from the
    /// administrator.
    /// </summary>
    private async Task ConflictAsync(Visitor contributor)
    {
        var page = contributor.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(FormAddress());
        await page.GetByLabel("Display name").FillAsync("Autumn letter");
        await using var administrator = await demo.SignInAsync("administrator");
        await administrator.Page.GotoAsync(new Uri(page.Url).AbsolutePath);
        await administrator.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("^Incremental") }).CheckAsync();
        await administrator.Page.GetByLabel("Display name").FillAsync("Winter letter");
        await administrator.Page.Button("Save").ClickAsync();
        await Expect(administrator.Page.GetByText("Saved. Saving does not run the export")).ToBeVisibleAsync();

        await page.Button("Save").ClickAsync();
        await Expect(page.GetByText("Someone else changed this export in the meantime")).ToBeVisibleAsync();
        await contributor.KeepAsync("export-conflict");
        await page.Button("Use their changes: Sync mode").ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Display name" }).FillAsync(Export);
        await page.Button("Overwrite with mine").ClickAsync();
        await Expect(page.Heading(Export)).ToBeVisibleAsync();
        await Expect(page.Fact("Sync mode")).ToHaveTextAsync(new Regex("^Incremental"));
    }

    private static async Task ScheduleAsync(Visitor contributor)
    {
        var page = contributor.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Schedule", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "On", Exact = true }).CheckAsync();
        await page.GetByLabel("Own recurrence").CheckAsync();
        await page.GetByLabel("Recurrence", new() { Exact = true }).SelectOptionAsync("Weekly");
        await Expect(page.GetByText("Choose at least one day of the week.")).ToBeVisibleAsync();
        await page.GetByLabel("Monday").CheckAsync();
        await page.GetByLabel("Time zone").FillAsync("Europe/Belgrade");
        await page.GetByLabel("Time zone").PressAsync("Tab");
        await Expect(page.Locator(".next-five li")).ToHaveCountAsync(5);
        await contributor.KeepAsync("export-schedule");
        await page.Button("Save").ClickAsync();
        await Expect(page.Fact("Schedule")).ToContainTextAsync("Weekly: Monday");
        await contributor.KeepAsync("export-page");
    }

    private static async Task OpenCommandsAsync(IPage page, string export)
    {
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await page.Button($"More commands: {export}").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = $"More commands: {export}", Exact = true })).ToBeVisibleAsync();
    }

    [GeneratedRegex(@"/exports/\d+/edit$")]
    private static partial Regex FormAddress();
}
