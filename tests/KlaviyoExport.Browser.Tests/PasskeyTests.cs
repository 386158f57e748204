using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>
/// Passkeys, made and used by an authenticator that Chromium simulates. The demo is its own, because a new passkey ends the other sessions
/// of its person.
/// </summary>
public sealed class PasskeyTests(DemoApp demo) : IClassFixture<DemoApp>
{
    [Fact]
    public async Task A_passkey_is_added_signs_the_person_in_proves_who_they_are_and_is_removed()
    {
        await using var visitor = await Chromium.VisitAsync(ByName);
        var page = visitor.Page;
        await AddDeviceAsync(page);
        await visitor.SignInAsync("administrator@demo.example", DemoApp.Password);
        await page.GotoAsync("/account");
        await page.GetByRole(AriaRole.Link, new() { Name = "Manage sign-in and sessions" }).ClickAsync();
        await page.GetByLabel("Name of the new passkey").FillAsync("Work laptop");
        await page.Button("Add a passkey").ClickAsync();
        await Expect(page.GetByText("The passkey was added.")).ToBeVisibleAsync();
        await Expect(page.Locator("#passkeys li")).ToContainTextAsync("Work laptop");
        await visitor.KeepAsync("account-security");

        await SignOutAsync(page);
        await page.Button("Sign in with a passkey").ClickAsync();
        await page.ArrivesAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        await page.GotoAsync("/connections/1/export-user");
        await page.Button("Use a passkey").ClickAsync();
        await page.ArrivesAsync("**/connections/1");

        await page.GotoAsync("/account/security");
        await page.Button("Remove the passkey Work laptop").ClickAsync();
        await Expect(page.GetByText("The passkey was removed.")).ToBeVisibleAsync();
        await SignOutAsync(page);
        await page.Button("Sign in with a passkey").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("did not work");
        Assert.Empty(visitor.Faults);
    }

    [Fact]
    public async Task A_device_that_does_not_check_the_person_is_refused()
    {
        await using var visitor = await Chromium.VisitAsync(ByName);
        var page = visitor.Page;
        await AddDeviceAsync(page, checks: false);
        await visitor.SignInAsync("operator@demo.example", DemoApp.Password);
        await page.GotoAsync("/account/security");
        await page.GetByLabel("Name of the new passkey").FillAsync("Found key");
        await page.Button("Add a passkey").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The passkey was not added");
        await Expect(page.Locator("#passkeys li")).ToHaveCountAsync(0);
    }

    /// <summary>Passkeys belong to a name, so they cannot be used at 127.0.0.1.</summary>
    private string ByName => demo.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    private static async Task AddDeviceAsync(IPage page, bool checks = true)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = checks,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Account: ") }).ClickAsync();
        await page.Button("Sign out").ClickAsync();
        await Expect(page.Heading("Sign in")).ToBeVisibleAsync();
    }
}
