using System.Diagnostics.Metrics;

namespace KlaviyoExport.Alerts.Sending;

/// <summary>Reports the size of the outbox as the metric klaviyo_export.alerts.outbox of the meter KlaviyoExport.Alerts.</summary>
internal sealed class OutboxMeter : IDisposable
{
    public const string Name = "KlaviyoExport.Alerts";

    private readonly Meter _meter;
    private int _backlog;

    public OutboxMeter(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _meter.CreateObservableGauge(
            "klaviyo_export.alerts.outbox",
            () => Volatile.Read(ref _backlog),
            unit: "{message}",
            description: "Mails and webhook requests that wait to be sent, as of the last look of this server."
        );
    }

    public int Backlog
    {
        set => Volatile.Write(ref _backlog, value);
    }

    public void Dispose() => _meter.Dispose();
}
