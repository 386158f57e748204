using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>Content that arrives after its page. Uses a demo of its own, because a slow Klaviyo affects all exports.</summary>
public sealed class LateContentTests(DemoApp demo) : IClassFixture<DemoApp>
{
    /// <summary>Longer than the tests need to look at what is shown meanwhile.</summary>
    private const int Late = 3_000;

    [Fact]
    public async Task The_lists_of_the_account_arrive_in_their_place()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.GotoAsync("/exports/new");
        await demo.Klaviyo.BreakAsync("delay", call: "get_lists", delayMs: Late);
        var below = page.GetByRole(AriaRole.Heading, new() { Name = "Data matching" });

        await page.Button("Choose a list").ClickAsync();
        await Expect(page.Locator(".picker .skeleton-row > span").First).ToBeVisibleAsync();
        await Expect(page.Locator(".picker [role=status]")).ToHaveTextAsync("Reading the lists of the Klaviyo account…");
        var awaited = await below.BoundingBoxAsync();
        await contributor.PhotographAsync("lists-awaited");
        await Expect(page.Locator(".picker-item").First).ToBeVisibleAsync();

        Assert.Equal(awaited!.Y, (await below.BoundingBoxAsync())!.Y);
        await Expect(page.Locator(".picker .skeleton")).ToHaveCountAsync(0);
        Assert.Empty(contributor.Faults);
    }

    [Fact]
    public async Task The_list_of_an_export_arrives_in_its_place()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await demo.Klaviyo.BreakAsync("delay", call: "get_list", delayMs: Late);
        await page.WatchShiftsAsync();
        await page.GotoAsync("/exports/1/edit");
        await Expect(page.Locator(".chosen-list .skeleton")).ToBeVisibleAsync();

        await Expect(page.Locator(".chosen-list")).ToContainTextAsync("Newsletter readers");

        Assert.Empty(await page.ShiftsAsync());
        Assert.Empty(contributor.Faults);
    }
}
