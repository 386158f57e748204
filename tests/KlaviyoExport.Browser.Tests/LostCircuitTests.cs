using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A form keeps its values when the laptop sleeps, the server is redeployed, or the server crashes.</summary>
public sealed class LostCircuitTests : IDisposable
{
    private const string CircuitsInTheLog = "Serilog:MinimumLevel:Override:Microsoft.AspNetCore.Components.Server=Debug";
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-circuit-").FullName;
    private readonly int _port = Loopback.FreePort();
    private AppProcess _app = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Address => $"http://127.0.0.1:{_port}";

    public void Dispose()
    {
        _app?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task A_restarted_server_restores_the_form_as_it_was_filled_in(string signal)
    {
        await StartAsync();
        await using var visitor = await FillInAsync();
        var page = visitor.Page;
        await StopAsync(signal);

        await Expect(page.GetByText("The connection to the server was lost.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Your unsaved changes are kept.")).ToBeVisibleAsync();
        await visitor.KeepAsync($"connection-lost-{signal.ToLowerInvariant()}");
        await StartAsync();
        await LookAsync(page);

        await ExpectFilledInAsync(page);
        await visitor.KeepAsync($"form-restored-{signal.ToLowerInvariant()}");
        await page.Button("Save").ClickAsync();
        await Expect(page.GetByText("Saved. Saving does not run the export")).ToBeVisibleAsync();
        // Saved values are not restored.
        await page.GotoAsync("/exports/new");
        await Expect(page.GetByLabel("Display name")).ToBeEnabledAsync();
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task An_unsaved_segment_is_restored_with_its_conditions()
    {
        await StartAsync();
        await using var visitor = await SignInAsync();
        var page = visitor.Page;
        await page.GotoAsync("/segments/new");
        await page.GetByLabel("Name").FillAsync("People of Vic");
        await page.GetByText("Add condition").ClickAsync();
        await page.ConditionAsync("1", "city", "equals", "Vic");
        await Expect(page.Locator(".member-count strong")).ToBeVisibleAsync();
        await StopAsync("KILL");
        await StartAsync();
        await LookAsync(page);

        await Expect(page.GetByText("Your changes were restored.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Name")).ToHaveValueAsync("People of Vic");
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Condition 1", Exact = true }).GetByLabel("Value"))
            .ToHaveValueAsync("Vic");
    }

    [Fact]
    public async Task A_circuit_that_the_server_dropped_is_resumed_without_reloading_the_page()
    {
        await StartAsync("Circuits:DisconnectedCircuitRetentionPeriod=00:00:00.001", CircuitsInTheLog);
        await using var visitor = await FillInAsync();
        var page = visitor.Page;
        var said = _app.Output.Length;
        // The browser must not reconnect before the server has evicted the circuit.
        await page.RouteAsync("**/_blazor/negotiate*", call => call.AbortAsync());
        await page.EvaluateAsync("() => { window.sameDocument = true; Blazor._internal.forceCloseConnection(); }");
        await PutAsideAsync("Pausing circuit with ID ", said);
        await page.UnrouteAllAsync();
        await LookAsync(page);

        await ExpectFilledInAsync(page);
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument === true"));
    }

    [Fact]
    public async Task A_page_that_was_paused_is_resumed_by_a_button_even_by_another_server()
    {
        await StartAsync(CircuitsInTheLog);
        await using var visitor = await FillInAsync();
        var page = visitor.Page;
        await PauseAsync(page);
        await visitor.KeepAsync("circuit-paused");
        await page.Button("Resume").ClickAsync();
        await ExpectFilledInAsync(page);
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument === true"));

        // The server sends the state to the browser when the connection is closed. If the state does not arrive, it is lost with the
        // server, and the page is reloaded.
        await PauseAsync(page);
        await StopAsync("KILL");
        await StartAsync();
        await page.Button("Resume").ClickAsync();
        await ExpectFilledInAsync(page);
    }

    [Fact]
    public async Task Discarded_changes_are_not_restored()
    {
        await StartAsync();
        await using var visitor = await FillInAsync();
        var page = visitor.Page;
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Segments" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/segments$"));
        await page.GotoAsync("/exports/new");

        await Expect(page.GetByLabel("Display name")).ToBeEnabledAsync();
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync("");
    }

    private async Task PauseAsync(IPage page)
    {
        var said = _app.Output.Length;
        await page.EvaluateAsync("async () => { window.sameDocument = true; await Blazor.pauseCircuit(); }");
        await Expect(page.GetByText("This page was paused")).ToBeVisibleAsync();
        await PutAsideAsync("Pausing circuit with id ", said);
    }

    /// <summary>Waits until the server has evicted the circuit, because only then it can be resumed.</summary>
    private async Task PutAsideAsync(string pausing, int after)
    {
        var circuit = await _app.SaysAsync(pausing, Cancel, after);
        await _app.SaysAsync($"Disposing circuit '{circuit.Split(' ')[0]}' succeeded", Cancel);
    }

    /// <summary>Blazor tries to reconnect every few seconds, and at once when the tab becomes visible.</summary>
    private static async Task LookAsync(IPage page) => await page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");

    private static async Task ExpectFilledInAsync(IPage page)
    {
        // The form behind the dialog has its values all the time.
        await Expect(page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await Expect(page.GetByText("Your changes were restored.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Display name")).ToHaveValueAsync("Читаоци из Ниша");
        await Expect(page.GetByLabel("Klaviyo List ID")).ToHaveValueAsync("WbK4t9");
        await Expect(page.Segment("Newsletter readers")).ToBeCheckedAsync();
        await Expect(page.Locator("form[data-unsaved]")).ToBeVisibleAsync();
    }

    private async Task StartAsync(params string[] settings)
    {
        _app = AppProcess.Start(
            Path.Combine(_directory, "data"),
            ["Demo:Enabled=true", "Demo:SandboxUrl=http://127.0.0.1:0", $"urls={Address}", .. settings]
        );
        await _app.SaysAsync("Klaviyo Export is at ", Cancel);
    }

    private async Task StopAsync(string signal)
    {
        _app.Signal(signal);
        await _app.WaitForExitAsync(Cancel);
        _app.Dispose();
    }

    private async Task<Visitor> SignInAsync()
    {
        var visitor = await Chromium.VisitAsync(Address);
        await visitor.SignInAsync("contributor@demo.example", DemoApp.Password);
        return visitor;
    }

    /// <summary>Opens a new export and fills it in; the focus stays in the last field.</summary>
    private async Task<Visitor> FillInAsync()
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
