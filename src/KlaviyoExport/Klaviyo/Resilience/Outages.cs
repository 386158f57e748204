using System.Net;
using KlaviyoExport.Klaviyo.Wire;
using Polly;
using Polly.Timeout;

namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>Converts failures of attempts and calls to <see cref="KlaviyoUnavailableException"/>.</summary>
internal static class Outages
{
    /// <summary>Returns whether the status of the response is 429 or 5xx.</summary>
    public static bool IsFault(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>Converts the exception of an attempt that the caller did not cancel.</summary>
    /// <param name="status">The status of the response. Null when no response had started.</param>
    /// <returns>Null when the cause is neither Klaviyo nor the connection to it.</returns>
    public static KlaviyoUnavailableException? Of(Exception failure, HttpStatusCode? status) =>
        failure switch
        {
            // The caller did not cancel, so this is the connect time-out.
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

    /// <summary>Converts a response for which <see cref="IsFault"/> is true, and disposes it.</summary>
    public static KlaviyoUnavailableException Of(HttpResponseMessage response, TimeProvider time)
    {
        using (response)
        {
            var reason = ReasonOf(response);
            var message =
                reason == UnavailableReason.TooManyRequests
                    ? "Klaviyo's rate limit is used up by others, or for long."
                    : $"Klaviyo answers {(int)response.StatusCode}.";
            return new(reason, message) { Status = (int)response.StatusCode, RetryAfter = RetryAfterHeader.Of(response, time) };
        }
    }

    /// <summary>Converts the exception that ended a call after its last attempt or its time-out. Null when it is not an outage.</summary>
    public static KlaviyoUnavailableException? OutOfTime(Exception failure, CallAttempts attempts, KlaviyoRetryOptions options) =>
        failure switch
        {
            KlaviyoUnavailableException outage => outage,
            TimeoutRejectedException late when late.Timeout == options.Deadline => new(
                attempts.LastFailure ?? UnavailableReason.TimedOut,
                "The call did not come to an end within Klaviyo:Retry:Deadline.",
                late
            ),
            TimeoutRejectedException late => new(UnavailableReason.TimedOut, "Klaviyo did not answer in time.", late)
            {
                Status = attempts.Status,
            },
            _ => null,
        };

    /// <summary>Returns the reason why an attempt failed.</summary>
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
