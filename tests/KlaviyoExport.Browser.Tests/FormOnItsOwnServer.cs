using KlaviyoExport.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A demo that a test stops and starts again, and a form that is being filled in meanwhile.</summary>
public abstract class FormOnItsOwnServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-circuit-").FullName;
    private readonly int _port = Loopback.FreePort();
    private AppHere? _here;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The server as a process of its own, which can be killed and whose log is read.</summary>
    private protected AppProcess App { get; private set; } = default!;

    private string Address => $"http://127.0.0.1:{_port}";

    private string[] Settings => ["Demo:Enabled=true", "Demo:SandboxUrl=http://127.0.0.1:0", $"urls={Address}"];

    public async ValueTask DisposeAsync()
    {
        await StopHereAsync();
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

    /// <summary>Starts the server as a process of its own.</summary>
    protected async Task StartProcessAsync(params string[] settings)
    {
        App = AppProcess.Start(Path.Combine(_directory, "data"), [.. Settings, .. settings]);
        await App.SaysAsync("Klaviyo Export is at ", Cancel);
    }

    /// <summary>Starts the server in this process.</summary>
    protected async Task StartHereAsync(params string[] settings) =>
        _here = await AppHere.StartAsync(Path.Combine(_directory, "data"), [.. Settings, .. settings]);

    /// <summary>kill -9.</summary>
    protected void Kill() => App.Kill();

    /// <summary>Stops the server in this process as a service manager does.</summary>
    protected async Task StopHereAsync()
    {
        if (_here is not null)
            await _here.DisposeAsync();
        _here = null;
    }

    protected async Task<Visitor> SignInAsync()
    {
        var visitor = await Chromium.VisitAsync(Address);
        await visitor.SignInUnseenAsync("contributor@demo.example", DemoApp.Password, "en-GB");
        return visitor;
    }

    /// <summary>Opens a new export and fills it in; the focus stays in the last field.</summary>
    protected async Task<Visitor> FillInAsync()
    {
        var visitor = await SignInAsync();
        var page = visitor.Page;
        await page.GotoAsync("/exports/new");
        await page.GetByLabel("Display name").FillAsync("Читаоци из Ниша");
        var kept = await KeptAsync(page, null);
        await page.Segment("Newsletter readers").CheckAsync();
        await KeptAsync(page, kept);
        await page.GetByLabel("Klaviyo List ID").FillAsync("WbK4t9");
        await Expect(page.Locator("form[data-unsaved]")).ToBeVisibleAsync();
        return visitor;
    }

    /// <summary>Waits until the tab keeps other values than before, and returns them as they are kept.</summary>
    private static async Task<string> KeptAsync(IPage page, string? before)
    {
        await page.WaitForFunctionAsync("before => (kept => kept && kept !== before)(sessionStorage.getItem(unsaved.place()))", before);
        return await page.EvaluateAsync<string>("sessionStorage.getItem(unsaved.place())");
    }
}
