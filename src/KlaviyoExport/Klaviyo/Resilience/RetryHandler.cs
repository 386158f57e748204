using System.Net;
using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>
/// Tries again what trying again can help: 429, 5xx, broken and impossible connections, silence, unreadable answers. Refusals pass at once. Trying an
/// import again whose first try may have arrived is harmless: it upserts. Out of tries or of time, a fault becomes a <see cref="KlaviyoUnavailableException"/>.
/// </summary>
internal sealed class RetryHandler : DelegatingHandler
{
    private static readonly ResiliencePropertyKey<KlaviyoCall> Call = new("KlaviyoExport.Klaviyo.Call");

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly KlaviyoRetryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public RetryHandler(IOptions<KlaviyoOptions> options, TimeProvider time, ILogger<KlaviyoClient> log)
    {
        (_options, _time, _log) = (options.Value.Retry, time, log);
        _pipeline = _options.Tries == 1 ? ResiliencePipeline<HttpResponseMessage>.Empty : Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = KlaviyoCall.Of(request);
        using var deadline = new CancellationTokenSource(_options.Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var context = ResilienceContextPool.Shared.Get(either.Token);
        context.Properties.Set(Call, call);
        try
        {
            var response = await _pipeline.ExecuteAsync(
                async (within, sent) => await base.SendAsync(sent, within.CancellationToken), context, request);
            return IsFault(response) ? throw Outage(response) : response;
        }
        catch (KlaviyoUnavailableException outage)
        {
            throw Told(outage, call);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Told(new(call.Fate.LastFailure ?? UnavailableReason.TimedOut, "The call did not come to an end within Klaviyo:Retry:Deadline.", late), call);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private KlaviyoUnavailableException Told(KlaviyoUnavailableException outage, KlaviyoCall call)
    {
        outage.MayHaveArrived = call.Fate.MayHaveArrived;
        Log.Unavailable(_log, call.Endpoint.Name, outage.Reason, outage.Status);
        return outage;
    }

    private static bool IsFault(HttpResponseMessage response) => response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private ResiliencePipeline<HttpResponseMessage> Build()
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _time };
        builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = _options.Tries - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = _options.FirstDelay,
            MaxDelay = _options.MaxDelay,
            ShouldHandle = attempt => ValueTask.FromResult(Helps(attempt.Outcome)),
            DelayGenerator = attempt => ValueTask.FromResult(attempt.Outcome.Result is { } response ? RetryAfter.Of(response, _time) : null),
            OnRetry = attempt =>
            {
                var call = attempt.Context.Properties.GetValue(Call, null!);
                var outage = attempt.Outcome.Exception as KlaviyoUnavailableException;
                call.Fate.LastFailure = outage?.Reason ?? ReasonOf(attempt.Outcome.Result!);
                var reason = outage?.Reason.ToString() ?? attempt.Outcome.Result?.StatusCode.ToString();
                Log.TryingAgain(_log, call.Endpoint.Name, attempt.AttemptNumber + 2, _options.Tries, attempt.RetryDelay, reason);
                return ValueTask.CompletedTask;
            },
        });
        return builder.Build();
    }

    private bool Helps(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: KlaviyoUnavailableException outage } => outage.Reason != UnavailableReason.TooManyRequests,
        { Result: { } response } when IsFault(response) => (RetryAfter.Of(response, _time) ?? TimeSpan.Zero) <= _options.Patience,
        _ => false,
    };

    private static UnavailableReason ReasonOf(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.TooManyRequests ? UnavailableReason.TooManyRequests : UnavailableReason.ServerFault;

    private KlaviyoUnavailableException Outage(HttpResponseMessage response)
    {
        using (response)
        {
            var limited = response.StatusCode == HttpStatusCode.TooManyRequests;
            return new(
                ReasonOf(response),
                limited ? "Klaviyo's rate limit is used up by others, or for long." : $"Klaviyo answers {(int)response.StatusCode}.")
            {
                Status = (int)response.StatusCode,
                RetryAfter = RetryAfter.Of(response, _time),
            };
        }
    }
}
