namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>The times of a run. Stages that overlap are counted from the start of one to the start of the next.</summary>
/// <param name="Delivery">
/// From the arrival of the first import at Klaviyo to the last confirmation. Null when nothing was sent.
/// </param>
/// <param name="UntilFirstSend">From the start of the run to the arrival of the first import. Null when nothing was sent.</param>
/// <param name="Whole">From the start of the run to its end.</param>
internal sealed record RunTimes(
    TimeSpan? UntilFirstSend,
    TimeSpan Prepare,
    TimeSpan Send,
    TimeSpan Confirm,
    TimeSpan Remove,
    TimeSpan Close,
    TimeSpan? Delivery,
    TimeSpan Whole
);
