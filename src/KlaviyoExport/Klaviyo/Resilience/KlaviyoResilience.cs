using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;

namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>
/// Configures the time-outs and retries of calls. Retries 429, 5xx, failed and lost connections, time-outs and unreadable responses. Does
/// not retry refusals, or a 429 or 5xx that asks for a wait longer than <see cref="KlaviyoRetryOptions.Patience"/>. An import can be
/// retried safely even when an earlier attempt may have reached Klaviyo, because it creates or updates profiles (upsert).
/// </summary>
internal static class KlaviyoResilience
{
    /// <summary>Configures the pipeline around all attempts, the delays between them and the waits for the rate limit.</summary>
    public static void ConfigureCall(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context)
    {
        var options = Begin(pipeline, context);
        pipeline.AddTimeout(options.Deadline);
        if (options.Tries > 1)
            pipeline.AddRetry(Retry(options, pipeline.TimeProvider!, context.ServiceProvider.GetRequiredService<ILogger<KlaviyoClient>>()));
    }

    /// <summary>Configures the pipeline around one attempt: sending, waiting for the response and reading it.</summary>
    public static void ConfigureTry(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context) =>
        pipeline.AddTimeout(Begin(pipeline, context).TryTimeout);

    private static KlaviyoRetryOptions Begin(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context)
    {
        pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
        // Polly's log messages contain neither the endpoint nor the maximum number of attempts. This project writes its own messages.
        pipeline.ConfigureTelemetry(NullLoggerFactory.Instance);
        return context.ServiceProvider.GetRequiredService<IOptions<KlaviyoOptions>>().Value.Retry;
    }

    private static HttpRetryStrategyOptions Retry(KlaviyoRetryOptions options, TimeProvider time, ILogger log) =>
        new()
        {
            MaxRetryAttempts = options.Tries - 1,
            Delay = options.FirstDelay,
            MaxDelay = options.MaxDelay,
            ShouldHandle = attempt =>
                ValueTask.FromResult(
                    attempt.Outcome switch
                    {
                        { Exception: KlaviyoUnavailableException outage } => outage.Reason != UnavailableReason.TooManyRequests,
                        { Exception: TimeoutRejectedException } => true,
                        { Result: { } response } when Outages.IsFault(response) => (RetryAfterHeader.Of(response, time) ?? TimeSpan.Zero)
                            <= options.Patience,
                        _ => false,
                    }
                ),
            DelayGenerator = attempt =>
                ValueTask.FromResult(attempt.Outcome.Result is { } response ? RetryAfterHeader.Of(response, time) : null),
            OnRetry = attempt =>
            {
                var call = KlaviyoCall.Of(attempt.Context.GetRequestMessage()!);
                call.Attempts.LastFailure = Outages.ReasonOf(attempt.Outcome);
                Log.TryingAgain(
                    log,
                    call.Endpoint.Name,
                    attempt.AttemptNumber + 2,
                    options.Tries,
                    attempt.RetryDelay,
                    call.Attempts.LastFailure,
                    attempt.Outcome.Result?.StatusCode
                );
                return ValueTask.CompletedTask;
            },
        };
}
