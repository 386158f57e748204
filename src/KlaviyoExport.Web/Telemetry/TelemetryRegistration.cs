using System.Reflection;
using KlaviyoExport.Cluster;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KlaviyoExport.Web.Telemetry;

/// <summary>Registers the export of traces and metrics. Without a destination, nothing is collected.</summary>
internal static class TelemetryRegistration
{
    /// <summary>The activity sources and meters of this product.</summary>
    private const string Own = "KlaviyoExport.*";

    private static readonly string[] Frameworks =
    [
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Components.Server.Circuits",
        "System.Runtime",
    ];

    /// <summary>Pages, assets and endpoints whose requests say nothing about the work, or last as long as a page is open.</summary>
    private static readonly string[] Untraced = ["/_blazor", "/_framework/", "/_content/", "/health", PrometheusEndpoint.Path];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(TelemetryOptions.Section);
        builder.Services.AddOptions<TelemetryOptions>().Bind(section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();

        var options = section.Get<TelemetryOptions>() ?? new();
        var (traces, metrics) = (Sends(builder.Configuration, options, "TRACES"), Sends(builder.Configuration, options, "METRICS"));
        // Invalid options stop the application at its start, with all their faults.
        if (new TelemetryOptionsValidator().Validate(null, options).Failed || !(traces || metrics || options.Prometheus.Enabled))
            return;
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(Describe);
        if (traces)
            telemetry.WithTracing(tracing => Trace(tracing, options.Otlp));
        if (metrics || options.Prometheus.Enabled)
            telemetry.WithMetrics(measuring => Measure(measuring, options, metrics));
    }

    private static bool Sends(ConfigurationManager configuration, TelemetryOptions options, string signal) =>
        new[]
        {
            options.Otlp.Endpoint,
            configuration["OTEL_EXPORTER_OTLP_ENDPOINT"],
            configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"],
        }.Any(address => !string.IsNullOrWhiteSpace(address));

    private static void Describe(ResourceBuilder resource) =>
        resource
            .AddDetector(provider => new Identity(provider.GetRequiredService<Node>()))
            // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are preferred.
            .AddEnvironmentVariableDetector();

    private static void Trace(TracerProviderBuilder tracing, OtlpOptions otlp) =>
        tracing
            .AddSource(Own)
            .AddAspNetCoreInstrumentation(options => options.Filter = IsTraced)
            .AddProcessor<OnlyKnownAttributes>()
            .AddOtlpExporter(exporter => Direct(exporter, otlp, "traces"));

    private static void Measure(MeterProviderBuilder measuring, TelemetryOptions options, bool sends)
    {
        measuring.AddMeter([Own, .. Frameworks]);
        if (options.Prometheus.Enabled)
            measuring.AddPrometheusExporter();
        if (sends)
            measuring.AddOtlpExporter(
                (exporter, reader) =>
                {
                    Direct(exporter, options.Otlp, "metrics");
                    if (options.Otlp.MetricInterval is { } interval)
                        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)interval.TotalMilliseconds;
                }
            );
    }

    /// <summary>Changes what the standard variables have set, if there are settings.</summary>
    private static void Direct(OtlpExporterOptions exporter, OtlpOptions otlp, string signal)
    {
        if (otlp.Headers is { Length: > 0 } headers)
            exporter.Headers = headers;
        if (otlp.Protocol is { Length: > 0 } || otlp.Endpoint is { Length: > 0 })
            exporter.Protocol = otlp.Protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        if (otlp.Endpoint is { Length: > 0 } endpoint)
            exporter.Endpoint =
                exporter.Protocol == OtlpExportProtocol.Grpc ? new Uri(endpoint) : new Uri($"{endpoint.TrimEnd('/')}/v1/{signal}");
    }

    private static bool IsTraced(HttpContext context) =>
        !Array.Exists(Untraced, part => context.Request.Path.Value?.Contains(part, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>The name and version of the product, and the id of this process.</summary>
    private sealed class Identity(Node node) : IResourceDetector
    {
        public Resource Detect() =>
            new(
                new Dictionary<string, object>
                {
                    ["service.name"] = "klaviyo-export",
                    ["service.version"] =
                        typeof(Identity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
                    ["service.instance.id"] = node.Id,
                }
            );
    }
}
