using System.Globalization;
using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>Finds elements of the pages by the names that a person reads.</summary>
internal static partial class Pages
{
    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Row(this IPage page, string text) => page.GetByRole(AriaRole.Row).Filter(new() { HasText = text });

    /// <summary>The choice of a segment whose members an export sends.</summary>
    public static ILocator Segment(this IPage page, string name) =>
        page.GetByRole(AriaRole.Group, new() { Name = "Segments", Exact = true })
            .GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("^" + Regex.Escape(name)) });

    public static ILocator Heading(this IPage page, string name) =>
        page.GetByRole(
            AriaRole.Heading,
            new()
            {
                Name = name,
                Exact = true,
                Level = 1,
            }
        );

    /// <summary>The value beside a name in a list of facts.</summary>
    public static ILocator Fact(this IPage page, string name) => page.Locator($"dl.facts dt:text-is(\"{name}\") + dd");

    /// <summary>Waits until the run of the page has ended with this status.</summary>
    public static async Task EndsAsync(this IPage page, string state)
    {
        await Expect(page.Locator(".stages")).ToHaveCountAsync(0, new() { Timeout = 120_000 });
        await Expect(page.RunState()).ToHaveTextAsync(new Regex(Regex.Escape(state) + "$"));
    }

    /// <summary>
    /// Waits until the browser shows a page with this address and its heading. Polls, because Playwright's WaitForURLAsync misses a
    /// navigation that happens between its look at the address and its subscription to the event.
    /// </summary>
    /// <param name="address">A pattern: ** stands for any text, * for any text without a slash.</param>
    public static Task ArrivesAsync(this IPage page, string address)
    {
        var pattern = Regex
            .Escape(address)
            .Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        var expression = new Regex($"^{pattern}$");
        return page.ArrivesAsync(expression.IsMatch);
    }

    /// <inheritdoc cref="ArrivesAsync(IPage, string)"/>
    public static async Task ArrivesAsync(this IPage page, Func<string, bool> address)
    {
        await Patience.UntilAsync(() => address(page.Url));
        await page.ShowsHeadingAsync();
    }

    private static Task ShowsHeadingAsync(this IPage page) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();

    public static ILocator RunState(this IPage page) => page.Locator(".run-state .badge");

    /// <summary>A count of the ledger.</summary>
    public static async Task<int> CountAsync(this IPage page, string name) =>
        Number(
            await page.Locator("table.sum tr")
                .Filter(new() { Has = page.GetByRole(AriaRole.Rowheader, new() { Name = name, Exact = true }) })
                .Last.Locator("td")
                .First.InnerTextAsync()
        );

    /// <summary>Checks that the page says that both sums of the ledger are right, and that they are.</summary>
    public static async Task AddsUpAsync(this IPage page)
    {
        await Expect(page.Locator(".equation .badge-success")).ToHaveCountAsync(2);
        var sum = async (string[] parts) =>
        {
            var total = 0;
            foreach (var part in parts)
                total += await page.CountAsync(part);
            return total;
        };
        Assert.Equal(await page.CountAsync("Members"), await sum(["Without email", "Invalid email", "Duplicate", "Unchanged", "Prepared"]));
        Assert.Equal(await page.CountAsync("Prepared"), await sum(["Accepted", "Refused", "Unconfirmed", "Unsent"]));
    }

    public static int Number(string text) => int.Parse(NotDigit().Replace(text, ""), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\D")]
    private static partial Regex NotDigit();
}
