using KlaviyoExport.Tests;
using Microsoft.Playwright;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A person with a browser, who takes pictures of what they see and messages what goes wrong behind it.</summary>
public sealed class Visitor : IAsyncDisposable
{
    public static readonly string Pictures = Path.Combine(Repository.Root, "artifacts", "screenshots");
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

    /// <summary>Keeps the page as a person sees it on a desk and on a phone; nothing may stick out to the right.</summary>
    public async Task KeepAsync(string name)
    {
        foreach (var width in new[] { 390, 1440 })
        {
            await Page.SetViewportSizeAsync(width, 900);
            // What sticks to the top of the window would stand in the middle of the picture.
            await Page.EvaluateAsync("scrollTo(0, 0)");
            await PhotographAsync($"{name}-{width}");
            var excess = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(excess <= 0, $"{name} is {excess} pixels too wide for {width}.");
        }
    }

    /// <summary>Keeps the page as it stands.</summary>
    public async Task PhotographAsync(string name)
    {
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true });
        // A picture of the whole page stretches the window for a moment; a click before it is back would miss.
        await Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    /// <summary>Leaves, and keeps what was last on the screen: where a test failed, that is what one wants to see.</summary>
    public async ValueTask DisposeAsync()
    {
        var test = $"{TestContext.Current.TestClass?.TestClassSimpleName}.{TestContext.Current.TestMethod?.MethodName}";
        await PhotographAsync(Path.Combine("last", $"{test}-{Interlocked.Increment(ref _visitors)}"));
        await Page.Context.DisposeAsync();
    }
}
