using KlaviyoExport.Tests;
using Microsoft.Playwright;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A person with a browser. Takes screenshots and records errors of the page.</summary>
public sealed class Visitor : IAsyncDisposable
{
    public static readonly string Pictures = Path.Combine(Repository.Root, "artifacts", "screenshots");

    /// <summary>
    /// Whether the tests take pictures of the states on their way, to look at: <c>KLAVIYOEXPORT_TEST_PICTURES=1</c>. They take time
    /// and check nothing.
    /// </summary>
    public static readonly bool TakesPictures = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_PICTURES") == "1";

    private static int _visitors;
    private readonly List<string> _faults = [];

    public Visitor(IPage page)
    {
        Page = page;
        page.Console += (_, line) =>
        {
            if (line.Type == "error")
                _faults.Add($"{page.Url}: {line.Text}");
        };
        page.PageError += (_, fault) => _faults.Add($"{page.Url}: {fault}");
    }

    public IPage Page { get; }

    /// <summary>Errors of scripts, refused resources, broken circuits.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public async Task SignInAsync(string email, string password)
    {
        await Page.GotoAsync("/sign-in");
        await Page.Locator("#email").FillAsync(email);
        await Page.Locator("#password").FillAsync(password);
        await Page.Locator("#password").PressAsync("Enter");
        await Page.ArrivesAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
    }

    /// <summary>Shows the page at the width of a desktop and of a phone. Nothing may be wider than the window.</summary>
    public async Task KeepAsync(string name)
    {
        foreach (var width in new[] { 390, 1440 })
        {
            await Page.SetViewportSizeAsync(width, 900);
            // A sticky element would be in the middle of the screenshot.
            await Page.EvaluateAsync("scrollTo(0, 0)");
            await PhotographAsync($"{name}-{width}");
            await FitsAsync(name);
        }
    }

    /// <summary>Nothing of the page may be wider than the window.</summary>
    public async Task FitsAsync(string name)
    {
        await Page.EvaluateAsync("document.fonts.ready");
        var excess = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(excess <= 0, $"{name} is {excess} pixels too wide for {Page.ViewportSize?.Width}.");
    }

    /// <summary>Takes a screenshot of the page, when <see cref="TakesPictures"/>.</summary>
    public Task PhotographAsync(string name) => TakesPictures ? ShootAsync(name) : Task.CompletedTask;

    private async Task ShootAsync(string name)
    {
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true });
        // A screenshot of the whole page resizes the window for a moment. A click before the window has its size again would miss.
        await Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    /// <summary>Closes the browser and keeps a last screenshot, which shows why a test failed.</summary>
    public async ValueTask DisposeAsync()
    {
        var test = $"{TestContext.Current.TestClass?.TestClassSimpleName}.{TestContext.Current.TestMethod?.MethodName}";
        await ShootAsync(Path.Combine("last", $"{test}-{Interlocked.Increment(ref _visitors)}"));
        await Page.Context.DisposeAsync();
    }
}
