namespace KlaviyoExport.Web.Telemetry;

/// <summary>Settings in the section <c>Telemetry</c>: where traces and metrics go. Nowhere by default.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    public OtlpOptions Otlp { get; set; } = new();

    public PrometheusOptions Prometheus { get; set; } = new();
}

/// <summary>
/// Settings in <c>Telemetry:Otlp</c>: an OpenTelemetry collector. The standard variables OTEL_EXPORTER_OTLP_… work too; a setting here is
/// preferred.
/// </summary>
internal sealed class OtlpOptions
{
    /// <summary>The base address of the collector, such as http://collector:4318. Null: that of the standard variable, if any.</summary>
    public string? Endpoint { get; set; }

    /// <summary>
    /// <c>http/protobuf</c> (usually port 4318) or <c>grpc</c> (usually port 4317). Null: http/protobuf if <see cref="Endpoint"/> is set, else
    /// that of the standard variable.
    /// </summary>
    public string? Protocol { get; set; }

    /// <summary>Headers of each request, as <c>name=value,name=value</c>. Secret.</summary>
    public string? Headers { get; set; }

    /// <summary>The time between two exports of metrics, from one second to an hour. Null: that of the standard variable, or 60 s.</summary>
    public TimeSpan? MetricInterval { get; set; }
}

/// <summary>Settings in <c>Telemetry:Prometheus</c>: the metrics at /metrics.</summary>
internal sealed class PrometheusOptions
{
    /// <summary>The shortest token.</summary>
    public const int MinTokenLength = 24;

    /// <summary>Whether /metrics exists. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The token that a scrape must send as <c>Authorization: Bearer</c>, at least <see cref="MinTokenLength"/> characters. Secret. Null: only
    /// requests that come directly from this machine are answered.
    /// </summary>
    public string? Token { get; set; }
}
