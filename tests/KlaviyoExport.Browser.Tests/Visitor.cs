using System.Net;
using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using Microsoft.Playwright;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A person with a browser. Takes screenshots and records errors of the page.</summary>
public sealed partial class Visitor : IAsyncDisposable
{
    public static readonly string Pictures = Path.Combine(Repository.Root, "artifacts", "screenshots");

    /// <summary>
    /// Whether the tests take pictures of the states on their way, to look at: <c>KLAVIYOEXPORT_TEST_PICTURES=1</c>. They take time
    /// and check nothing.
    /// </summary>
    public static readonly bool TakesPictures = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_PICTURES") == "1";

    /// <summary>Whether the tests write the pictures of the documents: <c>KLAVIYO_EXPORT_WRITE_SCREENSHOTS=1</c>.</summary>
    public static readonly bool WritesScreenshots = Environment.GetEnvironmentVariable("KLAVIYO_EXPORT_WRITE_SCREENSHOTS") == "1";

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

    /// <summary>Signs in with the form, as a person does.</summary>
    public async Task SignInAsync(string email, string password)
    {
        await Page.GotoAsync("/sign-in");
        await Page.Locator("#email").FillAsync(email);
        await Page.Locator("#password").FillAsync(password);
        await Page.Locator("#password").PressAsync("Enter");
        await Page.ArrivesAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
    }

    /// <summary>Sends the form of the sign-in without showing it, which takes most of the time. No page is open afterwards.</summary>
    public async Task SignInUnseenAsync(string email, string password, string language)
    {
        var headers = new Dictionary<string, string> { ["Accept-Language"] = language };
        var page = await Page.APIRequest.GetAsync("/sign-in", new() { Headers = headers });
        var form = Page.Context.APIRequest.CreateFormData();
        foreach (var (name, value) in HiddenOf(await page.TextAsync(), "sign-in"))
            form.Set(name, value);
        form.Set("Input.Email", email);
        form.Set("Input.Password", password);
        var answer = await Page.APIRequest.PostAsync("/sign-in", new() { Headers = headers, Form = form });
        Assert.DoesNotContain("/sign-in", answer.Url, StringComparison.Ordinal);
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

    /// <summary>Nothing of the page may be wider than the window, and the name of the product may not be cut off.</summary>
    public async Task FitsAsync(string name)
    {
        // A page without its style sheets does not fit.
        await Page.WaitForLoadStateAsync();
        await Page.EvaluateAsync("document.fonts.ready");
        var excess = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(excess <= 0, $"{name} is {excess} pixels too wide for {Page.ViewportSize?.Width}.");
        var cut = await Page.EvaluateAsync<int>(
            "(brand => brand ? brand.scrollWidth - brand.clientWidth : 0)(document.querySelector('.brand'))"
        );
        Assert.True(cut <= 0, $"{name} cuts {cut} pixels off the name of the product at {Page.ViewportSize?.Width}.");
    }

    /// <summary>Takes a screenshot of the page, when <see cref="TakesPictures"/>.</summary>
    public Task PhotographAsync(string name) => TakesPictures ? ShootAsync(name) : Task.CompletedTask;

    private async Task ShootAsync(string name)
    {
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true });
        // A screenshot of the whole page resizes the window for a moment. A click before the window has its size again would miss.
        await Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    /// <summary>
    /// Closes the browser. Keeps a last picture of its window and writes what is known about its page, which show why a test failed.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(
            "{0} controls wait for a circuit: {1}; errors: {2}",
            Page.Url,
            await Page.EvaluateAsync<bool>("!!document.querySelector('fieldset.bare:disabled')"),
            string.Join(" | ", _faults)
        );
        var test = $"{TestContext.Current.TestClass?.TestClassSimpleName}.{TestContext.Current.TestMethod?.MethodName}";
        // A PNG of the whole page takes four times as long.
        await Page.ScreenshotAsync(
            new()
            {
                Path = Path.Combine(Pictures, "last", $"{test}-{Interlocked.Increment(ref _visitors)}.jpeg"),
                Type = ScreenshotType.Jpeg,
                Quality = 60,
            }
        );
        await Page.Context.DisposeAsync();
    }

    private static IEnumerable<(string Name, string Value)> HiddenOf(string html, string form)
    {
        var start = html.IndexOf($"value=\"{form}\"", StringComparison.Ordinal);
        Assert.NotEqual(-1, start);
        var (opened, closed) = (
            html.LastIndexOf("<form", start, StringComparison.Ordinal),
            html.IndexOf("</form>", start, StringComparison.Ordinal)
        );
        return Hidden()
            .Matches(html[opened..closed])
            .Select(found => (found.Groups[1].Value, WebUtility.HtmlDecode(found.Groups[2].Value)));
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
