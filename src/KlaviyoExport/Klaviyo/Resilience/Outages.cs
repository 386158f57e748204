using System.Net;

namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>What a failed try means.</summary>
internal static class Outages
{
    /// <param name="late">Whether the time a try is given was over.</param>
    /// <param name="status">Of the answer that had begun to come, if one had.</param>
    /// <returns>Null for a fault that is no outage of Klaviyo's or of the way to it.</returns>
    public static KlaviyoUnavailableException? Of(Exception failure, bool late, HttpStatusCode? status) => failure switch
    {
        OperationCanceledException when late => new(UnavailableReason.TimedOut, "Klaviyo did not answer in time.", failure) { Status = (int?)status },
        OperationCanceledException => new(UnavailableReason.CannotConnect, "No connection to Klaviyo came about in time.", failure),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse } =>
            new(UnavailableReason.UnreadableAnswer, "The answer was not one of Klaviyo's.", failure) { Status = (int?)status },
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        } connect => new(UnavailableReason.CannotConnect, $"Klaviyo cannot be reached ({connect.HttpRequestError}).", failure),
        HttpRequestException or IOException =>
            new(UnavailableReason.ConnectionLost, "The connection to Klaviyo broke.", failure) { Status = (int?)status },
        _ => null,
    };
}
