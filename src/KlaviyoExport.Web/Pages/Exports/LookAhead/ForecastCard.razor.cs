using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Exports;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Exports.LookAhead;

/// <summary>Asks for a forecast. It ends when the reader leaves the page.</summary>
public sealed partial class ForecastCard(ForecastService forecasts)
{
    private CancellationTokenSource? _running;
    private ForecastProgress? _progress;
    private Forecast? _forecast;

    /// <summary>The saved export. Null to forecast <see cref="Draft"/>.</summary>
    [Parameter]
    public int? ExportId { get; set; }

    /// <summary>Returns the form.</summary>
    [Parameter]
    public Func<ExportDraft>? Draft { get; set; }

    /// <summary>Whether the form is complete.</summary>
    [Parameter]
    public bool IsReady { get; set; } = true;

    [Parameter]
    public bool IsMirror { get; set; }

    private bool IsRunning => _running is not null;

    /// <summary>Does not read the signed-in person, because the parameters change at every key press in the form.</summary>
    protected override Task OnParametersSetAsync() => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        _running?.Cancel();
        base.Dispose(disposing);
    }

    private async Task AskAsync(ForecastDepth depth)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        (_running, _progress) = (running, null);
        try
        {
            var actor = await CountedActorAsync();
            var progress = new Progress(this);
            _forecast = ExportId is { } id
                ? await forecasts.OfExportAsync(actor, id, depth, progress, running.Token)
                : await forecasts.OfDraftAsync(actor, Draft!(), depth, progress, running.Token);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // The reader has canceled it or left the page.
        }
        finally
        {
            _running = null;
        }
    }

    private void Cancel() => _running?.Cancel();

    private sealed class Progress(ForecastCard card) : IProgress<ForecastProgress>
    {
        public void Report(ForecastProgress value) =>
            _ = card.InvokeAsync(() =>
            {
                card._progress = value;
                card.StateHasChanged();
            });
    }
}
