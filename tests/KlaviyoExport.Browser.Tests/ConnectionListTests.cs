using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The list of connections and the removal of a connection, for administrators.</summary>
public sealed class ConnectionListTests(DemoApp demo)
{
    [Fact]
    public async Task The_order_and_the_search_are_in_the_URL_and_survive_a_reload()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.GotoAsync("/connections");
        await page.WaitForCircuitAsync();
        await page.GetByRole(AriaRole.Columnheader, new() { Name = "Account" }).GetByRole(AriaRole.Button).ClickAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("PRACTICE");
        await page.GetByRole(AriaRole.Searchbox).PressAsync("Tab");
        await Expect(page).ToHaveURLAsync(new Regex(@"/connections\?(?=.*sort=account)(?=.*search=PRACTICE)"));

        await page.ReloadAsync();

        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Account" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToHaveValueAsync("PRACTICE");
        await Expect(page.Row("Practice store")).ToBeVisibleAsync();
        await page.WaitForCircuitAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("nothing like it");
        await Expect(page.GetByText("No connection matches the search.")).ToBeVisibleAsync();
        await administrator.KeepAsync("connections-none-found");
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task Leaving_with_a_typed_but_unsaved_key_asks_first()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.GotoAsync("/connections/discover");
        await page.WaitForCircuitAsync();
        await page.Button("Set up Klaviyo").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/connections/setup/\d+$"));
        await page.WaitForCircuitAsync();
        await page.Locator("#key").FillAsync("pk_typed");
        var asked = "";
        page.Dialog += async (_, dialog) =>
        {
            asked = dialog.Message;
            await dialog.DismissAsync();
        };
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue later" }).ClickAsync();
        Assert.Contains("not stored yet", asked, StringComparison.Ordinal);
        Assert.Matches(@"/connections/setup/\d+$", page.Url);
        await page.Locator("#key").FillAsync("");
        await page.Locator("#step-save").GetByRole(AriaRole.Link, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("#step-connect$"));

        // The removal page is checked in another language as well.
        await using var serbian = await demo.SignInAsync("administrator", "sr-Cyrl");
        await serbian.Page.GotoAsync(page.Url);
        await Expect(serbian.Page.GetByRole(AriaRole.Heading, new() { Name = "Додајте себе као корисника за извоз" })).ToBeVisibleAsync();
        await serbian.Page.WaitForCircuitAsync();
        await serbian.KeepAsync("wizard-serbian");
        var found = new List<string>();
        await found.AddFaultsAsync(serbian, "wizard", 390, 1440);
        Assert.True(found.Count == 0, string.Join("\n", found));
        foreach (var address in new[] { "/connections", "/connections/1", "/connections/1/remove", "/connections/discover" })
        {
            await serbian.Page.GotoAsync(address);
            await serbian.Page.WaitForCircuitAsync();
            await serbian.KeepAsync("serbian" + address.Replace('/', '-'));
        }
        await page.Button("Discard").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await page.ArrivesAsync("**/connections");
        Assert.Empty(administrator.Faults);
    }
}
