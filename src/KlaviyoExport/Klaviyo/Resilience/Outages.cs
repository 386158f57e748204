using System.Net;
using KlaviyoExport.Klaviyo.Wire;
using Polly;
using Polly.Timeout;

namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>What a failed try means.</summary>
internal static class Outages
{
    public static bool IsFault(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <param name="status">Of the answer that had begun to come, if one had.</param>
    /// <returns>Null for a fault that is no outage of Klaviyo's or of the way to it.</returns>
    public static KlaviyoUnavailableException? Of(Exception failure, HttpStatusCode? status) =>
        failure switch
        {
            // Nobody cancelled it, so it is the time a connection may take to come about.
            OperationCanceledException => new(UnavailableReason.CannotConnect, "No connection to Klaviyo came about in time.", failure),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse } =>
                new(UnavailableReason.UnreadableAnswer, "The answer was not one of Klaviyo's.", failure) { Status = (int?)status },
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError
            } connect => new(UnavailableReason.CannotConnect, $"Klaviyo cannot be reached ({connect.HttpRequestError}).", failure),
            HttpRequestException or IOException => new(UnavailableReason.ConnectionLost, "The connection to Klaviyo broke.", failure)
            {
                Status = (int?)status,
            },
            _ => null,
        };

    /// <summary>Of an answer that <see cref="IsFault"/>; it is disposed of.</summary>
    public static KlaviyoUnavailableException Of(HttpResponseMessage response, TimeProvider time)
    {
        using (response)
        {
            var reason = ReasonOf(response);
            var message =
                reason == UnavailableReason.TooManyRequests
                    ? "Klaviyo's rate limit is used up by others, or for long."
                    : $"Klaviyo answers {(int)response.StatusCode}.";
            return new(reason, message) { Status = (int)response.StatusCode, RetryAfter = RetryAfter.Of(response, time) };
        }
    }

    /// <summary>What ended a call that is out of tries or of time; null for what is no outage.</summary>
    public static KlaviyoUnavailableException? OutOfTime(Exception failure, CallFate fate, KlaviyoRetryOptions options) =>
        failure switch
        {
            KlaviyoUnavailableException outage => outage,
            TimeoutRejectedException late when late.Timeout == options.Deadline => new(
                fate.LastFailure ?? UnavailableReason.TimedOut,
                "The call did not come to an end within Klaviyo:Retry:Deadline.",
                late
            ),
            TimeoutRejectedException late => new(UnavailableReason.TimedOut, "Klaviyo did not answer in time.", late)
            {
                Status = fate.Status,
            },
            _ => null,
        };

    public static UnavailableReason ReasonOf(Outcome<HttpResponseMessage> outcome) =>
        outcome switch
        {
            { Exception: KlaviyoUnavailableException outage } => outage.Reason,
            { Exception: TimeoutRejectedException } => UnavailableReason.TimedOut,
            _ => ReasonOf(outcome.Result!),
        };

    private static UnavailableReason ReasonOf(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.TooManyRequests ? UnavailableReason.TooManyRequests : UnavailableReason.ServerFault;
}
