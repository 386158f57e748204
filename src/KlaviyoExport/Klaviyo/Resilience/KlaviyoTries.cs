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
/// How long a call and one try of it may take, and what is tried again: what trying again can help, namely 429, 5xx, broken and impossible
/// connections, silence, unreadable answers. Refusals pass at once. Trying an import again whose first try may have arrived is harmless: it
/// upserts.
/// </summary>
internal static class KlaviyoTries
{
    /// <summary>Around all tries, the waits between them and the waits for the rate limit.</summary>
    public static void ConfigureCall(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context)
    {
        var options = Begin(pipeline, context);
        pipeline.AddTimeout(options.Deadline);
        if (options.Tries > 1)
            pipeline.AddRetry(Retry(options, pipeline.TimeProvider!, context.ServiceProvider.GetRequiredService<ILogger<KlaviyoClient>>()));
    }

    /// <summary>Around one try, sending, waiting and reading together.</summary>
    public static void ConfigureTry(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context) =>
        pipeline.AddTimeout(Begin(pipeline, context).TryTimeout);

    private static KlaviyoRetryOptions Begin(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context)
    {
        pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
        // Polly's own lines say neither which call it was nor how many tries are left; ours do.
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
                        { Result: { } response } when Outages.IsFault(response) => (RetryAfter.Of(response, time) ?? TimeSpan.Zero)
                            <= options.Patience,
                        _ => false,
                    }
                ),
            DelayGenerator = attempt => ValueTask.FromResult(attempt.Outcome.Result is { } response ? RetryAfter.Of(response, time) : null),
            OnRetry = attempt =>
            {
                var call = KlaviyoCall.Of(attempt.Context.GetRequestMessage()!);
                call.Fate.LastFailure = Outages.ReasonOf(attempt.Outcome);
                Log.TryingAgain(
                    log,
                    call.Endpoint.Name,
                    attempt.AttemptNumber + 2,
                    options.Tries,
                    attempt.RetryDelay,
                    call.Fate.LastFailure,
                    attempt.Outcome.Result?.StatusCode
                );
                return ValueTask.CompletedTask;
            },
        };
}
