using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KlaviyoExport.Tests;

/// <summary>Makes meters and keeps what they measure.</summary>
internal sealed class TestMeters : IMeterFactory
{
    private readonly ConcurrentQueue<(string Name, double Value)> _values = [];
    private readonly MeterListener _listener = new();

    public TestMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _values.Enqueue((instrument.Name, value)));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _values.Enqueue((instrument.Name, value)));
        _listener.Start();
    }

    public Meter Create(MeterOptions options) => new(new MeterOptions(options.Name) { Scope = this });

    /// <summary>The values of an instrument, in their order.</summary>
    public IEnumerable<double> Of(string name) => _values.Where(value => value.Name == name).Select(value => value.Value);

    /// <summary>The present values of an observable instrument.</summary>
    public IReadOnlyList<double> Observe(string name)
    {
        _values.Clear();
        _listener.RecordObservableInstruments();
        return [.. Of(name)];
    }

    public void Dispose() => _listener.Dispose();
}
