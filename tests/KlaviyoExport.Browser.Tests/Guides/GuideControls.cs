using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using SharedTexts = KlaviyoExport.Web.Components.Texts;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>Finds the controls of a form by their whole label, in which a mark for required values does not count.</summary>
internal static class GuideControls
{
    public static ILocator Entry(this IPage page, string label) => page.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true });

    public static ILocator Choice(this IPage page, string label) => page.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true });

    public static ILocator Link(this IPage page, string name) =>
        page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public static Task RunOpensAsync(this IPage page) => page.ArrivesAsync(url => url.Contains("/runs/", StringComparison.Ordinal));

    /// <summary>Follows a link of the navigation.</summary>
    public static Task GoAsync(this IPage page, string name) =>
        page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();

    /// <summary>Ends the tour of the demo, which would be on every picture.</summary>
    public static async Task EndTourAsync(this IPage page, PageTexts texts)
    {
        await page.Button(texts.Of<SharedTexts>("TourEnd")).ClickAsync();
        await Expect(page.Locator(".tour")).ToBeHiddenAsync();
    }
}
