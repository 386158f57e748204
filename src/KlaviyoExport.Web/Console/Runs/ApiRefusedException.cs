using System.Net;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>The server has answered a request with an error.</summary>
internal sealed class ApiRefusedException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status => status;

    /// <summary>Whether the server refuses the request as such: not allowed, not found, or in conflict with something.</summary>
    public bool IsRefusal => (int)status is >= 400 and < 500 && !IsTransient;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient =>
        status
            is HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout;
}
