using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A page whose circuit fails or cannot be started, which Blazor does not mend.</summary>
public sealed partial class NotConnectedTests(DemoApp demo) : IClassFixture<DemoApp>
{
    private const string Message = "This page is not connected to the server";
    private const int Longer = 16_000;

    // An invocation of the method JS.Error with the argument "failed", as MessagePack with its length.
    private static readonly byte[] Error = [0x16, 0x96, 0x01, 0x80, 0xc0, 0xa8, .. "JS.Error"u8, 0x91, 0xa6, .. "failed"u8, 0x90];

    [Fact]
    public async Task A_form_whose_circuit_has_failed_says_so_and_has_its_values_when_it_is_reloaded()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        var fail = await MayFailAsync(page);
        await page.GotoAsync("/exports/new");
        await page.GetByLabel("Display name").FillAsync("Readers");
        await Expect(page.Locator("form[data-unsaved]")).ToBeVisibleAsync();

        fail();

        await Expect(page.GetByText(Message)).ToBeVisibleAsync();
        await contributor.KeepAsync("not-connected");
        await page.Button("Reload").ClickAsync();
        await Expect(page.GetByText("Your changes were restored.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync("Readers");
    }

    [Fact]
    public async Task The_page_after_one_whose_circuit_has_failed_works()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        var fail = await MayFailAsync(page);
        await page.GotoAsync("/segments");
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("Search") })).ToBeEnabledAsync();
        fail();
        await Expect(page.GetByText(Message)).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Exports", Exact = true }).ClickAsync();

        await Expect(page.Heading("Exports")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Searchbox, new() { Name = "Search by name, connection or list" })).ToBeEnabledAsync();
        await Expect(page.GetByText(Message)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_page_without_a_circuit_is_loaded_again_once_and_then_says_that_it_is_not_connected()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.Clock.InstallAsync();
        await page.RouteAsync(Negotiation(), call => call.AbortAsync());
        await page.GotoAsync("/exports");
        await page.EvaluateAsync("window.isFirst = true");

        await page.Clock.RunForAsync(Longer);
        await page.WaitForFunctionAsync("() => !window.isFirst && document.readyState === 'complete'");
        await Expect(page.GetByText(Message)).ToBeHiddenAsync();
        await page.Clock.RunForAsync(Longer);
        await Expect(page.GetByText(Message)).ToBeVisibleAsync();
        await page.UnrouteAllAsync();
        await page.Button("Reload").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Searchbox, new() { Name = "Search by name, connection or list" })).ToBeEnabledAsync();
        await Expect(page.GetByText(Message)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_page_without_a_circuit_is_not_loaded_again_where_something_may_have_been_typed()
    {
        await using var viewer = await demo.SignInAsync("viewer");
        var page = viewer.Page;
        await page.Clock.InstallAsync();
        await page.RouteAsync(Negotiation(), call => call.AbortAsync());
        await page.GotoAsync("/account");
        var password = page.GetByLabel("Current password");
        await password.FillAsync("three quiet rivers");

        await page.Clock.RunForAsync(Longer);

        await Expect(page.GetByText(Message)).ToBeVisibleAsync();
        await Expect(password).ToHaveValueAsync("three quiet rivers");
    }

    /// <returns>Ends the circuit as the server does when one of its components has thrown an exception.</returns>
    private static async Task<Action> MayFailAsync(IPage page)
    {
        IWebSocketRoute? circuit = null;
        await page.RouteWebSocketAsync(
            Circuit(),
            browser =>
            {
                browser.ConnectToServer();
                circuit = browser;
            }
        );
        return () => circuit!.Send(Error);
    }

    [GeneratedRegex("/_blazor[?]")]
    private static partial Regex Circuit();

    [GeneratedRegex("/_blazor/negotiate")]
    private static partial Regex Negotiation();
}
