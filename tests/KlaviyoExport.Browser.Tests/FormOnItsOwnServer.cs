using KlaviyoExport.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A demo that a test stops and starts again, and a form that is being filled in meanwhile.</summary>
public abstract class FormOnItsOwnServer : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-circuit-").FullName;
    private readonly int _port = Loopback.FreePort();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected AppProcess App { get; private set; } = default!;

    private string Address => $"http://127.0.0.1:{_port}";

    public void Dispose()
    {
        App?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Blazor tries to reconnect every few seconds, and at once when the tab becomes visible.</summary>
    protected static async Task LookAsync(IPage page) => await page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");

    protected static async Task ExpectFilledInAsync(IPage page)
    {
        // The form behind the dialog has its values all the time.
        await Expect(page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await Expect(page.GetByText("Your changes were restored.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync("Читаоци из Ниша");
        await Expect(page.GetByLabel("Klaviyo List ID")).ToHaveValueAsync("WbK4t9");
        await Expect(page.Segment("Newsletter readers")).ToBeCheckedAsync();
        await Expect(page.Locator("form[data-unsaved]")).ToBeVisibleAsync();
    }

    protected async Task StartAsync(params string[] settings)
    {
        App = AppProcess.Start(
            Path.Combine(_directory, "data"),
            ["Demo:Enabled=true", "Demo:SandboxUrl=http://127.0.0.1:0", $"urls={Address}", .. settings]
        );
        await App.SaysAsync("Klaviyo Export is at ", Cancel);
    }

    protected async Task StopAsync(string signal)
    {
        App.Signal(signal);
        await App.WaitForExitAsync(Cancel);
        App.Dispose();
    }

    protected async Task<Visitor> SignInAsync()
    {
        var visitor = await Chromium.VisitAsync(Address);
        await visitor.SignInAsync("contributor@demo.example", DemoApp.Password);
        return visitor;
    }

    /// <summary>Opens a new export and fills it in; the focus stays in the last field.</summary>
    protected async Task<Visitor> FillInAsync()
    {
        var visitor = await SignInAsync();
        var page = visitor.Page;
        await page.GotoAsync("/exports/new");
        await page.GetByLabel("Display name").FillAsync("Читаоци из Ниша");
        await page.Segment("Newsletter readers").CheckAsync();
        await page.GetByLabel("Klaviyo List ID").FillAsync("WbK4t9");
        await Expect(page.Locator("form[data-unsaved]")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("sessionStorage.getItem(unsaved.place())");
        return visitor;
    }
}
