using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A form keeps its values when the server puts its circuit aside.</summary>
public sealed class PausedCircuitTests : FormOnItsOwnServer
{
    private const string CircuitsInTheLog = "Serilog:MinimumLevel:Override:Microsoft.AspNetCore.Components.Server=Debug";

    [Fact]
    public async Task A_circuit_that_the_server_dropped_is_resumed_without_reloading_the_page()
    {
        await StartProcessAsync("Circuits:DisconnectedCircuitRetentionPeriod=00:00:00.001", CircuitsInTheLog);
        await using var visitor = await FillInAsync();
        var page = visitor.Page;
        var said = App.Output.Length;
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
        await StartProcessAsync(CircuitsInTheLog);
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
        Kill();
        await StartHereAsync();
        await page.Button("Resume").ClickAsync();
        await ExpectFilledInAsync(page);
    }

    private async Task PauseAsync(IPage page)
    {
        var said = App.Output.Length;
        await page.EvaluateAsync("async () => { window.sameDocument = true; await Blazor.pauseCircuit(); }");
        await Expect(page.GetByText("This page was paused")).ToBeVisibleAsync();
        await PutAsideAsync("Pausing circuit with id ", said);
    }

    /// <summary>Waits until the server has evicted the circuit, because only then it can be resumed.</summary>
    private async Task PutAsideAsync(string pausing, int after)
    {
        var circuit = await App.SaysAsync(pausing, Cancel, after);
        await App.SaysAsync($"Disposing circuit '{circuit.Split(' ')[0]}' succeeded", Cancel);
    }
}
