using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

public sealed class AccessibilityTests(DemoApp demo)
{
    [Fact]
    public async Task No_page_has_an_accessibility_fault_in_dark_mode()
    {
        var run = await demo.FinishedRun;
        await using var administrator = await demo.SignInAsync("administrator", scheme: ColorScheme.Dark);
        var found = new List<string>();
        foreach (
            var address in new[]
            {
                "/",
                "/exports",
                "/exports/new",
                run,
                "/segments/1/edit",
                "/sources/1",
                "/connections",
                "/connections/1",
                "/system/status",
                "/system/schedule",
            }
        )
        {
            await administrator.Page.GotoAsync(address);
            await found.AddFaultsAsync(administrator, address, 1440);
            await administrator.KeepAsync("dark" + address.Replace('/', '-').TrimEnd('-'));
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public async Task Open_menus_dialogs_and_the_sign_in_have_no_accessibility_fault()
    {
        var found = new List<string>();
        await using var stranger = await demo.VisitAsync();
        await stranger.Page.GotoAsync("/sign-in");
        await found.AddFaultsAsync(stranger, "sign-in", 390, 1440);

        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.SetViewportSizeAsync(390, 900);
        await page.GotoAsync("/exports");
        await page.Button("Menu").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sources" })).ToBeVisibleAsync();
        await administrator.PhotographAsync("menu-390");
        await found.AddFaultsAsync(administrator, "menu", 390);
        await page.Keyboard.PressAsync("Escape");
        await page.Button("More commands: Newsletter readers to Klaviyo").ClickAsync();
        await page.Button("Remove: Newsletter readers to Klaviyo").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync("Remove the export");
        await administrator.PhotographAsync("dialog-390");
        await found.AddFaultsAsync(administrator, "dialog", 390, 1440);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Alertdialog)).ToHaveCountAsync(0);

        await page.GotoAsync("/exports/new");
        await page.GetByLabel("Connection for export").SelectOptionAsync("Practice store");
        await page.GetByLabel("Source").SelectOptionAsync("Customers");
        await page.Button("Choose a list").ClickAsync();
        await page.Button("Add field").ClickAsync();
        await Expect(page.Locator(".picker-item").First).ToBeVisibleAsync();
        await found.AddFaultsAsync(administrator, "picker", 390, 1440);
        await administrator.KeepAsync("export-form-picker");
        Assert.True(found.Count == 0, string.Join("\n", found));
    }
}

internal static class Axe
{
    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Waits for the circuit, then adds the problems of the page that axe finds.</summary>
    public static async Task AddFaultsAsync(this List<string> found, Visitor visitor, string name, params int[] widths)
    {
        await Expect(visitor.Page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        foreach (var width in widths)
        {
            await visitor.Page.SetViewportSizeAsync(width, 900);
            await found.AddFaultsAsync(visitor, $"{name} at {width}");
        }
    }

    /// <summary>
    /// Adds the problems of the page as it is that axe finds, of any impact. Runs every rule. Passed rules are not reported for each
    /// node, because that takes longer than the check. Deque's own call would load the script, and read the style sheets, again for each
    /// check of the same page.
    /// </summary>
    public static async Task AddFaultsAsync(this List<string> found, Visitor visitor, string name)
    {
        var page = visitor.Page;
        var isFirst = await page.EvaluateAsync<bool>("typeof axe === 'undefined'");
        if (isFirst)
            await page.EvaluateAsync(Script);
        var violations = await page.EvaluateAsync<string>(
            "async preload => JSON.stringify((await axe.run({ resultTypes: ['violations'], preload })).violations)",
            isFirst
        );
        found.AddRange(
            JsonSerializer
                .Deserialize<Violation[]>(violations, Json)!
                .SelectMany(violation => violation.Nodes.Select(node => $"{name}: {violation.Id}, {violation.Help}: {node.Html}"))
        );
    }

    private sealed record Violation(string Id, string Help, Node[] Nodes);

    private sealed record Node(string Html);
}
