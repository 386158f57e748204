using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Telemetry;

internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    private static readonly string[] Protocols = ["http/protobuf", "grpc"];

    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        var faults = Otlp(options.Otlp).Concat(Prometheus(options.Prometheus)).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Otlp(OtlpOptions options)
    {
        const string Section = $"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Otlp)}";
        if (
            options.Endpoint is { Length: > 0 } endpoint
            && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", UserInfo: "" })
        )
            yield return $"{Section}:{nameof(options.Endpoint)} is not an http or https address such as http://collector:4318. Credentials "
                + $"belong in {nameof(options.Headers)}.";
        if (options.Protocol is { Length: > 0 } protocol && !Protocols.Contains(protocol))
            yield return $"{Section}:{nameof(options.Protocol)} is \"{protocol}\"; set it to {string.Join(" or ", Protocols)}.";
        if (options.Headers is { Length: > 0 } headers && !headers.Split(',').All(IsHeader))
            yield return $"{Section}:{nameof(options.Headers)} must have the form name=value,name=value.";
        if (options.MetricInterval is { } interval && (interval < TimeSpan.FromSeconds(1) || interval > TimeSpan.FromHours(1)))
            yield return $"{Section}:{nameof(options.MetricInterval)} is {interval}; set it to a time from 00:00:01 to 01:00:00.";
    }

    private static IEnumerable<string> Prometheus(PrometheusOptions options)
    {
        if (options is { Enabled: true, Token: { } token } && token.Length < PrometheusOptions.MinTokenLength)
            yield return $"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Prometheus)}:{nameof(options.Token)} has less than "
                + $"{PrometheusOptions.MinTokenLength} characters.";
    }

    private static bool IsHeader(string text) => text.IndexOf('=') is > 0;
}
