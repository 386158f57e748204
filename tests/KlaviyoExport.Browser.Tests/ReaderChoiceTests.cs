using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>What a reader chooses for themselves stays in their browser.</summary>
public sealed class ReaderChoiceTests(DemoApp demo)
{
    [Fact]
    public async Task Columns_colours_and_the_tour_stay_as_the_reader_chose_them()
    {
        await using var viewer = await demo.SignInAsync("viewer");
        var page = viewer.Page;
        await page.GotoAsync("/exports");
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        var type = page.GetByRole(AriaRole.Columnheader, new() { Name = "Type" });
        await Expect(type).ToBeVisibleAsync();

        await page.Button("Columns").ClickAsync();
        await page.GetByLabel("Type").UncheckAsync();
        await Expect(type).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Complementary, new() { Name = "Tour of the demo" }).GetByText("End the tour").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Vera Viewer" }).ClickAsync();
        await page.Button("Dark").ClickAsync();

        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(page.Heading("Exports")).ToBeVisibleAsync();
        await Expect(type).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Complementary)).ToBeHiddenAsync();
        Assert.Equal("rgb(21, 24, 26)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task Times_of_a_run_are_shown_in_the_time_zone_of_the_reader_too()
    {
        var run = await demo.FinishedRun;
        await using var viewer = await demo.SignInAsync("viewer", timeZone: "Asia/Kolkata");

        await viewer.Page.GotoAsync(run);

        // UTC+5:30, which is never the same time as UTC.
        await Expect(viewer.Page.Locator("reader-time").First).ToContainTextAsync("GMT+5:30");
        Assert.Empty(viewer.Faults);
    }
}
