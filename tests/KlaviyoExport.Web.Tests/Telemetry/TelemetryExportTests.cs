using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Telemetry;
using KlaviyoExport.Web.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace KlaviyoExport.Web.Tests.Telemetry;

public sealed class TelemetryExportTests
{
    [Fact]
    public async Task Without_a_destination_nothing_is_collected()
    {
        await using var app = await TestApp.StartAsync();

        Assert.Null(app.Services.GetService<TracerProvider>());
        Assert.Null(app.Services.GetService<MeterProvider>());
    }

    [Fact]
    public async Task A_collector_can_be_reached_over_grpc()
    {
        await using var collector = await OtlpCollector.StartAsync();

        await VisitAsync($"--Telemetry:Otlp:Endpoint={collector.GrpcAddress}", "--Telemetry:Otlp:Protocol=grpc");

        AssertReceived(collector);
    }

    [Fact]
    public async Task The_standard_variables_work()
    {
        await using var collector = await OtlpCollector.StartAsync();

        // On the command line, because variables would be those of all tests.
        await VisitAsync(
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.HttpAddress}",
            "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "--OTEL_SERVICE_NAME=the-exports",
            "--OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer of-the-variable"
        );

        AssertReceived(collector);
        Assert.Equal("the-exports", collector.Resource["service.name"]);
        Assert.Equal(["Bearer of-the-variable"], collector.Authorizations);
    }

    [Fact]
    public async Task A_collector_that_does_not_answer_disturbs_nobody()
    {
        await using var app = await TestApp.StartAsync($"--Telemetry:Otlp:Endpoint=http://127.0.0.1:{Loopback.FreePort()}");
        using var browser = app.Open();
        using var response = await browser.GetAsync("/health/ready");

        Assert.True(response.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("Otlp:Endpoint", "collector:4317")]
    [InlineData("Otlp:Endpoint", "https://user:password@collector")]
    [InlineData("Otlp:Protocol", "http/json")]
    [InlineData("Otlp:Headers", "Authorization: Bearer x")]
    [InlineData("Otlp:MetricInterval", "00:00:00.5")]
    [InlineData("Prometheus:Token", "short")]
    public async Task A_wrong_setting_is_a_fault_at_start_that_does_not_repeat_a_secret(string key, string value)
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestApp.StartAsync($"--{TelemetryOptions.Section}:{key}={value}", "--Telemetry:Prometheus:Enabled=true")
        );

        var text = Assert.Single(fault.Failures);
        Assert.StartsWith($"Telemetry:{key} ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("password", text, StringComparison.Ordinal);
    }

    private static async Task VisitAsync(params string[] settings)
    {
        await using var app = await TestApp.StartAsync(settings);
        using var browser = app.Open();
        (await browser.GetAsync("/sign-in")).Dispose();
        // Stopping the application sends what is left.
    }

    private static void AssertReceived(OtlpCollector collector)
    {
        Assert.Contains(collector.Spans, span => span.Attributes.GetValueOrDefault("http.route") == "/sign-in");
        Assert.Contains(collector.Points, point => point.Name == "klaviyo_export.node.runs");
    }
}
