namespace KlaviyoExport.Web.Telemetry;

/// <summary>Section <c>Telemetry</c>: where traces and metrics go. Nowhere by default.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>An OpenTelemetry collector (<c>Telemetry:Otlp:…</c>).</summary>
    public OtlpOptions Otlp { get; set; } = new();

    /// <summary>Metrics for Prometheus (<c>Telemetry:Prometheus:…</c>).</summary>
    public PrometheusOptions Prometheus { get; set; } = new();
}

/// <summary>
/// Section <c>Telemetry:Otlp</c>: an OpenTelemetry collector. The standard variables OTEL_EXPORTER_OTLP_… work too; a setting here takes
/// precedence.
/// </summary>
internal sealed class OtlpOptions
{
    /// <summary>The base address of the collector, such as http://collector:4318. None: that of the standard variable, if any.</summary>
    public string? Endpoint { get; set; }

    /// <summary>
    /// <c>http/protobuf</c> (usually port 4318) or <c>grpc</c> (usually port 4317). None: http/protobuf if <see cref="Endpoint"/> is set,
    /// else that of the standard variable.
    /// </summary>
    public string? Protocol { get; set; }

    /// <summary>Headers of each request, as <c>name=value,name=value</c>. Secret.</summary>
    public string? Headers { get; set; }

    /// <summary>
    /// The time between two exports of metrics, from 1 second to 1 hour. None: that of the standard variable, or 60 seconds.
    /// </summary>
    public TimeSpan? MetricInterval { get; set; }
}

/// <summary>Section <c>Telemetry:Prometheus</c>: the metrics at /metrics.</summary>
internal sealed class PrometheusOptions
{
    /// <summary>The shortest token.</summary>
    public const int MinTokenLength = 24;

    /// <summary>Whether /metrics exists.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The token that Prometheus must send as <c>Authorization: Bearer</c>, at least 24 characters. Secret. None: only requests that come
    /// directly from this machine are answered.
    /// </summary>
    public string? Token { get; set; }
}
