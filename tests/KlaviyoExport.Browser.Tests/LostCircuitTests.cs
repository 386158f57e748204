using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A form keeps its values when the laptop sleeps, the server is redeployed, or the server crashes.</summary>
public sealed class LostCircuitTests : FormOnItsOwnServer
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restarted_server_restores_the_form_as_it_was_filled_in(bool wasKilled)
    {
        await (wasKilled ? StartProcessAsync() : StartHereAsync());
        await using var visitor = await FillInAsync();
        var page = visitor.Page;
        if (wasKilled)
            Kill();
        else
            await StopHereAsync();

        await Expect(page.GetByText("The connection to the server was lost.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByText("Your unsaved changes are kept.")).ToBeVisibleAsync();
        await visitor.KeepAsync($"connection-lost-{wasKilled}");
        await StartHereAsync();
        await LookAsync(page);

        await ExpectFilledInAsync(page);
        await visitor.KeepAsync($"form-restored-{wasKilled}");
        await page.Button("Save").ClickAsync();
        await Expect(page.GetByText("Saved. Saving does not run the export")).ToBeVisibleAsync();
        // Saved values are not restored.
        await page.GotoAsync("/exports/new");
        await Expect(page.GetByLabel("Display name")).ToBeEnabledAsync();
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task An_unsaved_segment_is_restored_with_its_conditions()
    {
        await StartHereAsync();
        await using var visitor = await SignInAsync();
        var page = visitor.Page;
        await page.GotoAsync("/segments/new");
        await page.GetByLabel("Name").FillAsync("People of Vic");
        await page.GetByText("Add condition").ClickAsync();
        await page.ConditionAsync("1", "city", "equals", "Vic");
        await Expect(page.Locator(".member-count strong")).ToBeVisibleAsync();
        await StopHereAsync();
        await StartHereAsync();
        await LookAsync(page);

        await Expect(page.GetByText("Your changes were restored.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Name")).ToHaveValueAsync("People of Vic");
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Condition 1", Exact = true }).GetByLabel("Value"))
            .ToHaveValueAsync("Vic");
    }

    [Fact]
    public async Task Discarded_changes_are_not_restored()
    {
        await StartHereAsync();
        await using var visitor = await FillInAsync();
        var page = visitor.Page;
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Segments" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/segments$"));
        await page.GotoAsync("/exports/new");

        await Expect(page.GetByLabel("Display name")).ToBeEnabledAsync();
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync("");
    }
}
