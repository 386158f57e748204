using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>
/// The wizard from the first tile to a connection that is signed in to Klaviyo, including the mistakes a person can make.
/// </summary>
public sealed class ConnectionWizardTests(DemoApp demo)
{
    private const string Name = "Girona store";

    [Fact]
    public async Task A_connection_is_set_up_through_all_nine_steps_and_runs_an_export_with_the_tokens_of_the_sign_in()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.GotoAsync("/connections");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add connection" }).ClickAsync();
        await Expect(page.Heading("Discover")).ToBeVisibleAsync();
        await page.WaitForCircuitAsync();
        await administrator.KeepAsync("connections-discover");
        await page.Button("Set up Klaviyo").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/connections/setup/\d+$"));
        await Expect(page.Locator(".step")).ToHaveCountAsync(9);
        await page.WaitForCircuitAsync();
        await Expect(page.Button("Save")).ToBeDisabledAsync();
        await Expect(page.Button("Connect")).ToBeDisabledAsync();
        await administrator.KeepAsync("wizard-begun");

        await NamesItAsync(administrator);
        await EntersKeysAsync(administrator);
        await AuthenticatesAsync(administrator);
        await BecomesExportUserAsync(administrator);

        await Expect(page.GetByText("All steps are complete.")).ToBeVisibleAsync();
        await HoldsNoKeyAsync(page);
        await administrator.KeepAsync("wizard-ready");
        await page.Button("Save").ClickAsync();
        await page.ArrivesAsync("**/connections?done=saved");
        await Expect(page.GetByText("The connection was saved.")).ToBeVisibleAsync();
        await Expect(page.Row(Name)).ToContainTextAsync("Second Store");
        await Expect(page.Row(Name)).ToContainTextAsync("Ana Administrator");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = $"Continue: {Name}" })).ToHaveCountAsync(0);
        await HoldsNoKeyAsync(page);
        await administrator.KeepAsync("connections");
        await page.Row(Name).GetByRole(AriaRole.Link, new() { Name = $"Edit {Name}" }).ClickAsync();
        await Expect(page.Fact("Signed in to Klaviyo")).ToContainTextAsync("by Ana Administrator");
        await HoldsNoKeyAsync(page);
        await administrator.KeepAsync("connection");
        Assert.Empty(administrator.Faults);

        await IsOfferedToAdministratorsAloneAsync();
        await RunsByTheSignInAsync(administrator);
    }

    private static async Task NamesItAsync(Visitor administrator)
    {
        var page = administrator.Page;
        var name = page.Locator("#name");
        await name.FillAsync("Practice store");
        await name.PressAsync("Enter");
        await Expect(page.StepOf("Display name").GetByRole(AriaRole.Alert)).ToContainTextAsync("exists already");
        await administrator.KeepAsync("wizard-name-taken");
        await name.FillAsync(Name);
        await name.PressAsync("Enter");
        await Expect(page.StepOf("Display name").GetByText("Done")).ToBeVisibleAsync();
        // The focus is on the next open step, and this step is marked as the current one.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Klaviyo API key" })).ToBeFocusedAsync();
        await Expect(page.StepOf("Klaviyo API key")).ToHaveAttributeAsync("aria-current", "step");
    }

    private static async Task EntersKeysAsync(Visitor administrator)
    {
        var page = administrator.Page;
        var connect = page.StepOf("Connect");
        await page.Locator("#key").FillAsync("pk_0000000000000000000000000000000000");
        await page.Locator("#key").PressAsync("Enter");
        await Expect(page.GetByText("The key ending in 0000 is stored")).ToBeVisibleAsync();
        await Expect(page.Button("Connect")).ToBeDisabledAsync();
        await page.GetByLabel("I agree").CheckAsync();
        await page.Button("Connect").ClickAsync();
        await Expect(connect.GetByRole(AriaRole.Alert)).ToContainTextAsync("Klaviyo does not accept the API key");
        await administrator.KeepAsync("wizard-wrong-key");

        await page.StoreKeyAsync(SandboxKlaviyo.ReadOnlyKey);
        await page.Button("Connect").ClickAsync();
        await Expect(connect.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await Expect(connect)
            .ToContainTextAsync(
                "lists:write – to put profiles on the list. In Klaviyo: Settings > API keys > Create private API key, row Lists: “Full access”."
            );
        await Expect(page.Button("Save")).ToBeDisabledAsync();
        await administrator.KeepAsync("wizard-read-only-key");

        await page.StoreKeyAsync(SandboxKlaviyo.SecondStoreKey);
        await page.Button("Connect").ClickAsync();
        await Expect(page.GetByText("Connected. The key has every scope that exports need.")).ToBeVisibleAsync();
        await Expect(page.Fact("Account")).ToHaveTextAsync("Second Store");
        await Expect(page.Fact("Time zone")).ToHaveTextAsync("Europe/Madrid");

        // A reload loses nothing, and no page shows the key again.
        await page.ReloadAsync();
        await page.WaitForCircuitAsync();
        await Expect(page.Locator("#name")).ToHaveValueAsync(Name);
        await Expect(page.GetByText($"The key ending in {SandboxKlaviyo.SecondStoreKey[^4..]} is stored")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("I agree")).ToBeCheckedAsync();
        await Expect(page.Fact("Account")).ToHaveTextAsync("Second Store");
        await HoldsNoKeyAsync(page);
        await administrator.KeepAsync("wizard-connected");
    }

    private static async Task AuthenticatesAsync(Visitor administrator)
    {
        var page = administrator.Page;
        var step = page.StepOf("Authenticate with Klaviyo");
        await page.GoToKlaviyoAsync();
        await page.Button("Deny").ClickAsync();
        await Expect(step.GetByRole(AriaRole.Alert)).ToContainTextAsync("Deny");
        Assert.DoesNotContain("state=", page.Url, StringComparison.Ordinal);
        await administrator.KeepAsync("wizard-denied");

        await page.GoToKlaviyoAsync();
        await page.GetByLabel("Practice Store").CheckAsync();
        await page.Button("Allow").ClickAsync();
        await Expect(step.GetByRole(AriaRole.Alert)).ToContainTextAsync("You signed in to the account “Practice Store”");
        await administrator.KeepAsync("wizard-wrong-account");

        await page.GoToKlaviyoAsync();
        await page.GetByLabel("Second Store").CheckAsync();
        await page.Button("Allow").ClickAsync();
        await Expect(step).ToContainTextAsync("Signed in to Second Store in Klaviyo");
        await Expect(step.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);
        await page.WaitForCircuitAsync();
        await Expect(page.Button("Save")).ToBeDisabledAsync();

        // The unfinished draft is in the list.
        await page.GotoAsync("/connections");
        await page.WaitForCircuitAsync();
        await administrator.KeepAsync("connections-half-done");
        await page.GetByRole(AriaRole.Link, new() { Name = $"Continue: {Name}" }).ClickAsync();
        await page.WaitForCircuitAsync();
    }

    private static async Task BecomesExportUserAsync(Visitor administrator)
    {
        var page = administrator.Page;
        await page.StepOf("Add yourself as export user").GetByRole(AriaRole.Link).ClickAsync();
        await page.GetByLabel("Password").FillAsync(DemoApp.Password);
        await page.Button("Add yourself as export user").ClickAsync();
        await Expect(page.StepOf("Add yourself as export user")).ToContainTextAsync("Export user: Ana Administrator");
        await page.WaitForCircuitAsync();
    }

    private async Task IsOfferedToAdministratorsAloneAsync()
    {
        foreach (var (role, offered) in new[] { ("administrator", 1), ("contributor", 0) })
        {
            await using var visitor = await demo.SignInAsync(role);
            await visitor.Page.GotoAsync("/exports/new");
            var options = visitor.Page.GetByLabel("Connection for export").Locator("optgroup[label=Klaviyo] option");
            await Expect(options.Filter(new() { HasText = "Practice store" })).ToHaveCountAsync(1);
            await Expect(options.Filter(new() { HasText = Name })).ToHaveCountAsync(offered);
        }
    }

    private async Task RunsByTheSignInAsync(Visitor administrator)
    {
        var page = administrator.Page;
        await page.DescribeExportAsync("Girona customers", "Customers", "Customers", "Gold and platinum", Name);
        await page.SaveExportAndRunAsync();
        await page.EndsAsync("Completed with warnings");
        // Connect tests the scopes of the key with calls that are refused, as they should be.
        var imports = (await demo.Klaviyo.RequestsAsync())
            .Where(request =>
                request.Status < 400
                && request.Path.Contains("profile-bulk-import-jobs", StringComparison.Ordinal)
                && request.Who?.StartsWith("Second Store", StringComparison.Ordinal) == true
            )
            .ToList();
        Assert.NotEmpty(imports);
        Assert.All(imports, request => Assert.Equal("Second Store, app Klaviyo Export", request.Who));
    }

    private static async Task HoldsNoKeyAsync(IPage page)
    {
        var typed = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('input')].map(input => input.value)");
        Assert.DoesNotContain(SandboxKlaviyo.SecondStoreKey, await page.ContentAsync() + string.Concat(typed), StringComparison.Ordinal);
    }
}

internal static class Wizard
{
    public static ILocator StepOf(this IPage page, string title) => page.GetByRole(AriaRole.Region, new() { Name = title, Exact = true });

    /// <summary>Waits for the circuit; before that the page does not react to clicks or input.</summary>
    public static Task WaitForCircuitAsync(this IPage page) => Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);

    /// <summary>Replaces the stored key.</summary>
    public static async Task StoreKeyAsync(this IPage page, string key)
    {
        await page.Button("Use another key").ClickAsync();
        await page.Locator("#key").FillAsync(key);
        await page.Button("Store the key").ClickAsync();
        await Expect(page.GetByText($"The key ending in {key[^4..]} is stored")).ToBeVisibleAsync();
    }

    public static async Task GoToKlaviyoAsync(this IPage page)
    {
        await page.WaitForCircuitAsync();
        await page.Button("Authenticate with Klaviyo").ClickAsync();
        await page.ArrivesAsync("**/oauth/authorize?*");
    }
}
