using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

public sealed class BellTests(DemoApp demo)
{
    [Theory]
    [InlineData(390)]
    [InlineData(1440)]
    public async Task The_bell_opens_and_closes_with_the_keyboard_and_leads_to_all_alerts(int width)
    {
        await using var viewer = await demo.SignInAsync("viewer");
        var page = viewer.Page;
        await page.SetViewportSizeAsync(width, 900);
        await page.GotoAsync("/");
        var bell = page.Locator("button.bell");
        var list = page.GetByRole(AriaRole.Region, new() { Name = "Alerts" });
        await Expect(bell).ToBeEnabledAsync();
        await bell.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(list).ToBeVisibleAsync();
        var box = await list.BoundingBoxAsync();
        Assert.InRange(box!.X, 0, width - box.Width);
        var found = new List<string>();
        await found.AddFaultsAsync(viewer, "bell", width);
        Assert.Empty(found);

        await page.Keyboard.PressAsync("Escape");
        await Expect(list).ToBeHiddenAsync();
        await Expect(bell).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        var all = list.GetByRole(AriaRole.Link, new() { Name = "All alerts" });
        await all.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.ArrivesAsync("**/alerts");
        await Expect(page.Heading("Alerts")).ToBeVisibleAsync();
    }
}
