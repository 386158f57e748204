using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using KlaviyoExport.Klaviyo.Wire;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Traces and measures the attempts of calls to Klaviyo. Attributes are the name of the endpoint, the method, the status and the number of
/// the attempt: no URL, no secret and nothing of a profile. Costs almost nothing while nobody listens.
/// </summary>
internal sealed class KlaviyoTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "KlaviyoExport.Klaviyo";

    private const string Endpoint = "klaviyo_export.endpoint";
    private const string Status = "http.response.status_code";
    private const string Error = "error.type";

    private static readonly ActivitySource Source = new(Name);

    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _rateLimited;
    private readonly UpDownCounter<long> _inFlight;

    public KlaviyoTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _duration = meter.CreateHistogram(
            "klaviyo_export.call.duration",
            "s",
            "Time from sending an attempt of a call to Klaviyo until its answer was read.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] }
        );
        _wait = meter.CreateHistogram(
            "klaviyo_export.call.limiter_wait",
            "s",
            "Time that an attempt waited until the rate limits of its account allowed it.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300] }
        );
        _rateLimited = meter.CreateCounter<long>("klaviyo_export.call.rate_limited", "{response}", "Answers with status 429.");
        _inFlight = meter.CreateUpDownCounter<long>("klaviyo_export.call.in_flight", "{call}", "Attempts that wait for their answer.");
    }

    /// <summary>Begins an attempt. Dispose the result when it has ended.</summary>
    public Attempt Begin(HttpMethod method, KlaviyoCall call) => new(this, method, call);

    /// <summary>Records how long an attempt waited for the rate limits.</summary>
    public void Waited(string endpoint, TimeSpan wait) => _wait.Record(wait.TotalSeconds, KeyValuePair.Create(Endpoint, (object?)endpoint));

    /// <summary>An attempt on its way.</summary>
    internal readonly struct Attempt : IDisposable
    {
        private readonly KlaviyoTelemetry _telemetry;
        private readonly KlaviyoCall _call;
        private readonly Activity? _activity;
        private readonly long _began = Stopwatch.GetTimestamp();

        public Attempt(KlaviyoTelemetry telemetry, HttpMethod method, KlaviyoCall call)
        {
            (_telemetry, _call) = (telemetry, call);
            var attempt = ++call.Attempts.Count;
            _telemetry._inFlight.Add(1, EndpointTag);
            if (!Source.HasListeners())
                return;
            _activity = Source.StartActivity($"{method.Method} {call.Endpoint.Name}", ActivityKind.Client);
            _activity
                ?.SetTag("http.request.method", method.Method)
                .SetTag(Endpoint, call.Endpoint.Name)
                .SetTag("klaviyo_export.attempt", attempt);
        }

        private KeyValuePair<string, object?> EndpointTag => new(Endpoint, _call.Endpoint.Name);

        public void Dispose()
        {
            var status = _call.Attempts.Status;
            var error =
                status is null ? "no_answer"
                : status >= 400 ? status.Value.ToString(CultureInfo.InvariantCulture)
                : null;
            _telemetry._inFlight.Add(-1, EndpointTag);
            if (status == 429)
                _telemetry._rateLimited.Add(1, EndpointTag);
            if (_telemetry._duration.Enabled)
            {
                var tags = new TagList { EndpointTag };
                if (status is { } known)
                    tags.Add(Status, known);
                if (error is not null)
                    tags.Add(Error, error);
                _telemetry._duration.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, tags);
            }
            if (_activity is null)
                return;
            if (status is { } answered)
                _activity.SetTag(Status, answered);
            if (error is not null)
                _activity.SetTag(Error, error).SetStatus(ActivityStatusCode.Error);
            _activity.Dispose();
        }
    }
}
