using KlaviyoExport.Tests;
using Microsoft.Playwright;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>
/// The pictures of the guides in a language, in docs/guides/pictures. They are taken with <c>KLAVIYO_EXPORT_WRITE_SCREENSHOTS=1</c> only
/// (see docs/pages.md).
/// </summary>
/// <param name="folder">Of the language: "en".</param>
internal sealed class GuidePictures(string folder)
{
    private const int MostHeight = 900;

    /// <summary>What stays in sight would cover a part of the picture.</summary>
    private const string Unstuck = "header, .form-end-sticky { position: static !important; }";

    private const string ShowAsFolderOfServer = """
        folder => {
            for (const value of document.querySelectorAll('main dd, main dd *'))
                if (value.childElementCount === 0) value.textContent = value.textContent.replace(folder, '/srv/customers');
        }
        """;

    /// <summary>Returns the rectangle of what is on the page: left, top, width, height.</summary>
    private const string Content = """
        () => {
            const main = document.querySelector('main').getBoundingClientRect();
            const parts = [...document.querySelectorAll('main :is(h1, .card, .table-box, .filters, .actions > *, .form-end > *, .lead)')]
                .map(part => part.getBoundingClientRect());
            const right = Math.max(...parts.map(part => part.right)), bottom = Math.max(...parts.map(part => part.bottom));
            return [main.left, main.top, right - main.left + 32, bottom - main.top + 32];
        }
        """;

    private static readonly bool AreTaken = Environment.GetEnvironmentVariable("KLAVIYO_EXPORT_WRITE_SCREENSHOTS") == "1";

    /// <summary>Takes a picture of the upper part of the page, without the frame around it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="name">The name of the picture.</param>
    /// <param name="folder">A folder of the test, which is shown as a folder of a server. Null when none is shown.</param>
    public async Task TakePageAsync(IPage page, string name, string? folder = null)
    {
        if (!AreTaken)
            return;
        await page.EvaluateAsync("() => { document.activeElement?.blur(); scrollTo(0, 0); }");
        await page.Mouse.MoveAsync(0, 0);
        if (folder is not null)
            await page.EvaluateAsync(ShowAsFolderOfServer, folder);
        var box = await page.EvaluateAsync<float[]>(Content);
        await page.ScreenshotAsync(
            new()
            {
                Path = PathOf(name),
                FullPage = true,
                Style = Unstuck,
                Clip = new()
                {
                    X = box[0],
                    Y = box[1],
                    Width = box[2],
                    Height = Math.Min(box[3], MostHeight),
                },
            }
        );
        // A picture of the whole page resizes the window for a moment. A click before the window has its size again would miss.
        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    /// <summary>Takes a picture of a part of the page.</summary>
    public async Task TakePartAsync(ILocator part, string name)
    {
        if (AreTaken)
            await part.ScreenshotAsync(new() { Path = PathOf(name), Style = Unstuck });
    }

    private string PathOf(string name) => Path.Combine(Repository.Root, "docs", "guides", "pictures", folder, $"{name}.png");
}
