using System.Diagnostics.Metrics;

namespace KlaviyoExport.Tests.Klaviyo.Rates;

/// <summary>Meters that nobody listens to.</summary>
internal sealed class UnheardMeters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options);

    public void Dispose() { }
}
