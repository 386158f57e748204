using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

public sealed class SignOutTests(DemoApp demo)
{
    [Fact]
    public async Task A_sign_out_that_is_answered_late_leads_where_it_leads_and_the_other_pages_lead_to_the_sign_in()
    {
        await using var visitor = await demo.SignInAsync("viewer");
        var page = visitor.Page;
        await page.GotoAsync("/exports");
        await page.WaitForCircuitAsync();
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync("/segments");
        await other.WaitForCircuitAsync();
        // Until the answer comes, the page learns from its circuit that the session has ended. The other page was opened later, so it
        // learns it later.
        await page.RouteAsync(
            "**/sign-out",
            async route =>
            {
                var answer = await route.FetchAsync(new() { MaxRedirects = 0 });
                await other.ArrivesAsync("**/sign-in?returnUrl=%2Fsegments");
                await route.FulfillAsync(new() { Response = answer });
            }
        );

        await page.GetByRole(AriaRole.Button, new() { Name = "Account: Vera Viewer" }).ClickAsync();
        await page.Button("Sign out").ClickAsync();

        await page.ArrivesAsync("**/sign-in");
        await Expect(page.Heading("Sign in")).ToBeVisibleAsync();
    }
}
