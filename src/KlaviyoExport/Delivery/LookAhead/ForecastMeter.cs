namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>Counts the members that a forecast has read, and tells it now and then.</summary>
internal sealed class ForecastMeter(IProgress<ForecastProgress>? progress, long total)
{
    private const int Step = 500;
    private long _read;

    public void Count()
    {
        if (++_read % Step == 0)
            progress?.Report(new ForecastProgress(_read, Math.Max(total, _read)));
    }
}
