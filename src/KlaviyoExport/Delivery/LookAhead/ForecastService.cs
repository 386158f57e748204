using System.Security.Cryptography;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.Segments;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>
/// Tells what a run of an export would do now. It decides about the members as a run does, and only reads: the source, the store, and
/// profiles in Klaviyo.
/// </summary>
public sealed class ForecastService
{
    private readonly DraftedExports _exports;
    private readonly Rehearsals _rehearsals;
    private readonly SegmentReader _segments;
    private readonly ForecastPass _pass;

    internal ForecastService(DraftedExports exports, Rehearsals rehearsals, SegmentReader segments, ForecastPass pass) =>
        (_exports, _rehearsals, _segments, _pass) = (exports, rehearsals, segments, pass);

    /// <summary>Forecasts the next run of a saved export, for people who may run it.</summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="exportId">The export.</param>
    /// <param name="depth">About whom Klaviyo is asked.</param>
    /// <param name="progress">Told how many members are read. Null when nobody waits for it.</param>
    /// <param name="cancellationToken">Cancels the forecast.</param>
    /// <exception cref="NotAllowedException">The person may not run the export.</exception>
    /// <exception cref="LocalizedException">The source cannot be read, or Klaviyo does not answer. The message says why.</exception>
    public async Task<Forecast> OfExportAsync(
        Actor actor,
        int exportId,
        ForecastDepth depth,
        IProgress<ForecastProgress>? progress,
        CancellationToken cancellationToken
    ) => await OfAsync(await _exports.ReadAsync(actor, exportId, cancellationToken), depth, progress, cancellationToken);

    /// <summary>Forecasts the next run of an export as a form describes it, for people who may save it.</summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="draft">The form.</param>
    /// <param name="depth">About whom Klaviyo is asked.</param>
    /// <param name="progress">Told how many members are read. Null when nobody waits for it.</param>
    /// <param name="cancellationToken">Cancels the forecast.</param>
    /// <exception cref="NotAllowedException">The person may not save the export.</exception>
    /// <exception cref="LocalizedException">The form is not complete, the source cannot be read, or Klaviyo does not answer.</exception>
    public async Task<Forecast> OfDraftAsync(
        Actor actor,
        ExportDraft draft,
        ForecastDepth depth,
        IProgress<ForecastProgress>? progress,
        CancellationToken cancellationToken
    ) => await OfAsync(await _exports.ReadAsync(actor, draft, cancellationToken), depth, progress, cancellationToken);

    private async Task<Forecast> OfAsync(
        DraftedExport drafted,
        ForecastDepth depth,
        IProgress<ForecastProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var total = await _segments.CountAsync(drafted.Export.Source!, drafted.Export.Selection, cancellationToken);
            using var rehearsal = await _rehearsals.OpenAsync(drafted, sendsUnchanged: null, cancellationToken);
            var meter = new ForecastMeter(progress, total);
            return depth == ForecastDepth.Everybody
                ? await _pass.ExactAsync(rehearsal, meter, cancellationToken)
                : await _pass.SampledAsync(rehearsal, meter, cancellationToken);
        }
        catch (Exception fault) when (fault is KlaviyoUnavailableException or KlaviyoRefusedException or CryptographicException)
        {
            throw new LocalizedException(RunFault.Of(fault, drafted.Export.ListId).Outcome.Message);
        }
    }
}

/// <summary>About whom a forecast asks Klaviyo.</summary>
public enum ForecastDepth
{
    /// <summary>About a thousand people at most, drawn evenly by a hash of the address. The same members give the same sample.</summary>
    Sample,

    /// <summary>About everybody whom a run could send. One call for a hundred people.</summary>
    Everybody,
}
