using Microsoft.Playwright;

namespace KlaviyoExport.Browser.Tests;

/// <summary>
/// Debian's Chromium without a window. All tests share one, which the first visit starts. <c>KLAVIYOEXPORT_TEST_CHROMIUM</c> names another
/// binary.
/// </summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly Lazy<Task<IBrowser>> Browser = new(StartAsync);

    /// <summary>Opens a browser without cookies, like that of another person.</summary>
    /// <param name="timeZone">The IANA time zone of the person. Null for that of this machine.</param>
    public static async Task<Visitor> VisitAsync(
        string address,
        string language = "en-GB",
        ColorScheme scheme = ColorScheme.Light,
        string? timeZone = null
    )
    {
        var browser = await Browser.Value;
        var context = await browser.NewContextAsync(
            new()
            {
                BaseURL = address,
                ViewportSize = new() { Width = 1440, Height = 900 },
                Locale = language,
                ColorScheme = scheme,
                TimezoneId = timeZone,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        var page = await context.NewPageAsync();
        // The font is optional (ThemeLinks.razor): on a busy machine, only a page that finds it in the cache is sure to appear with it.
        if (Visitor.TakesPictures || Visitor.WritesScreenshots)
            await page.GotoAsync("/sign-in");
        return new Visitor(page);
    }

    /// <summary>Ends the browser after the last test.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Browser.IsValueCreated)
            await (await Browser.Value).DisposeAsync();
    }

    private static async Task<IBrowser> StartAsync()
    {
        // Its driver ends with this process.
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_CHROMIUM") ?? "/usr/bin/chromium",
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }
}
