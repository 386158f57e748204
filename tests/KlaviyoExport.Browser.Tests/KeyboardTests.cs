using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A person without a mouse.</summary>
public sealed class KeyboardTests(DemoApp demo)
{
    /// <summary>More than the number of focusable elements on any page.</summary>
    private const int ManyStops = 60;

    [Fact]
    public async Task A_contributor_signs_in_and_runs_an_export_with_the_keyboard_alone()
    {
        await using var contributor = await demo.VisitAsync();
        var page = contributor.Page;
        await page.GotoAsync("/sign-in");
        await TabToAsync(page, page.GetByLabel("Email"));
        await page.Keyboard.TypeAsync("contributor@demo.example");
        await TabToAsync(page, page.GetByLabel("Password"));
        await page.Keyboard.TypeAsync(DemoApp.Password);
        await TabToAsync(page, page.Button("Sign in"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading("Newsletter readers to Klaviyo")).ToBeVisibleAsync();

        await TabToAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" }));
        await TabToAsync(page, page.Locator(".nav").GetByRole(AriaRole.Link, new() { Name = "Exports" }));
        await page.Keyboard.PressAsync("Enter");
        var row = page.Row("Newsletter readers to Klaviyo");
        // The circuit replaces the title with another element.
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Run now" })).ToBeEnabledAsync();
        await Expect(page.Heading("Exports")).ToBeFocusedAsync();
        await TabToAsync(page, row.GetByRole(AriaRole.Button, new() { Name = "Run now" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex(@"/runs/\d+$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(@"^Run \d+ of Newsletter readers to Klaviyo$") }))
            .ToBeFocusedAsync();
        await page.EndsAsync("Completed with warnings");

        await TabToAsync(page, page.Locator(".nav").GetByRole(AriaRole.Link, new() { Name = "Exports" }), back: true);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading("Exports")).ToBeFocusedAsync();
        await TabToAsync(page, row.GetByRole(AriaRole.Link, new() { Name = "Completed with warnings" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(@"^Run \d+ of Newsletter readers to Klaviyo$") }))
            .ToBeVisibleAsync();
        Assert.Empty(contributor.Faults);
    }

    [Fact]
    public async Task The_search_and_the_pages_open_with_shortcuts_which_can_be_switched_off()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.GotoAsync("/system/about");
        await Expect(page.Locator(".search-button")).ToBeEnabledAsync();

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("gold");
        var found = page.Locator("#search").GetByRole(AriaRole.Link, new() { Name = "Gold and platinum" });
        await Expect(found).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(found).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading("Gold and platinum")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("r");
        await Expect(page.Heading("Runs")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("?");
        var sheet = page.GetByRole(AriaRole.Region, new() { Name = "Keyboard shortcuts" });
        await Expect(sheet).ToContainTextAsync("Segments");
        await Expect(sheet).Not.ToContainTextAsync("Connections");
        await sheet.GetByLabel("Use shortcuts of single keys").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(sheet).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("?");
        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("#search")).ToBeVisibleAsync();
        await Expect(sheet).ToBeHiddenAsync();
        Assert.Empty(contributor.Faults);
    }

    [Fact]
    public async Task A_dialog_traps_the_focus_and_returns_it()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.GotoAsync("/exports");
        var more = page.Button("More commands: Newsletter readers to Klaviyo");
        await Expect(more).ToBeEnabledAsync();
        await TabToAsync(page, more);
        await page.Keyboard.PressAsync("Enter");
        var remove = page.Button("Remove: Newsletter readers to Klaviyo");
        await Expect(remove).ToBeEnabledAsync();
        await TabToAsync(page, remove);
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Alertdialog);
        await Expect(dialog).ToBeVisibleAsync();
        await Expect(dialog.Locator(":focus")).ToHaveCountAsync(1);
        for (var stops = 0; stops < 6; stops++)
        {
            await page.Keyboard.PressAsync("Tab");
            await Expect(dialog.Locator(":focus")).ToHaveCountAsync(1);
        }
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(remove).ToBeFocusedAsync();
        await Expect(page.Row("Newsletter readers to Klaviyo").First).ToBeVisibleAsync();
    }

    /// <summary>Presses Tab until an element has the focus, and checks that the focus is visible.</summary>
    private static async Task TabToAsync(IPage page, ILocator target, bool back = false)
    {
        for (var stops = 0; stops < ManyStops; stops++)
        {
            await page.Keyboard.PressAsync(back ? "Shift+Tab" : "Tab");
            if (!await target.EvaluateAsync<bool>("element => element === document.activeElement"))
                continue;
            Assert.True(
                await target.EvaluateAsync<bool>(
                    "element => getComputedStyle(element).outlineStyle !== 'none' || getComputedStyle(element).boxShadow !== 'none'"
                ),
                $"{target} does not show its focus."
            );
            return;
        }
        Assert.Fail($"{target} cannot be reached with the Tab key.");
    }
}
