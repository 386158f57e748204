using System.Text.RegularExpressions;
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

    /// <summary>One of several radio buttons, whose label continues with an explanation.</summary>
    public static ILocator Option(this IPage page, string label) =>
        page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^" + Regex.Escape(label)) });

    /// <summary>A heading below the title of the page.</summary>
    public static ILocator Part(this IPage page, string heading) =>
        page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true });

    public static Task RunOpensAsync(this IPage page) => page.ArrivesAsync(url => url.Contains("/runs/", StringComparison.Ordinal));

    /// <summary>Ends the tour of the demo, which would be on every picture.</summary>
    public static async Task EndTourAsync(this IPage page, PageTexts texts)
    {
        await page.Button(texts.Of<SharedTexts>("TourEnd")).ClickAsync();
        await Expect(page.Locator(".tour")).ToBeHiddenAsync();
    }
}
