using Microsoft.Playwright;

namespace KlaviyoExport.Browser.Tests;

/// <summary>Debian's Chromium, headless.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return new Chromium(
            playwright,
            await playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath = "/usr/bin/chromium",
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
            )
        );
    }

    /// <summary>Opens a browser without cookies, like that of another person.</summary>
    public async Task<Visitor> VisitAsync(string address, string language = "en-GB", ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(
            new()
            {
                BaseURL = address,
                ViewportSize = new() { Width = 1440, Height = 900 },
                Locale = language,
                ColorScheme = scheme,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        return new Visitor(await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
