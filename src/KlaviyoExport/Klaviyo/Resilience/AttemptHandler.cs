using System.Net;
using System.Text.Json;
using KlaviyoExport.Klaviyo.Wire;

namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>
/// Sends one attempt and reads the whole response. Throws <see cref="KlaviyoUnavailableException"/> when the attempt fails or the
/// response does not have Klaviyo's format.
/// </summary>
internal sealed class AttemptHandler(KlaviyoTime time, KlaviyoTelemetry telemetry) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        var call = KlaviyoCall.Of(request);
        var attempts = call.Attempts;
        var before = attempts.MayHaveArrived;
        (attempts.EarlierMayHaveArrived, attempts.MayHaveArrived, attempts.Status) = (before, true, null);
        using var attempt = telemetry.Begin(request.Method, call);
        try
        {
            response = await base.SendAsync(request, cancellationToken);
            attempts.Status = (int)response.StatusCode;
            if (call.Credential.BaseAddress is null)
                time.Observe(response.Headers.Date);
            if (WasRefused(response.StatusCode))
                attempts.MayHaveArrived = before;
            await response.Content.LoadIntoBufferAsync(KlaviyoLimits.MaxResponseBytes, cancellationToken);
            return await IsReadableAsync(response, cancellationToken) ? response : throw AnswerReader.Unreadable(response);
        }
        catch (Exception failure)
        {
            var status = response?.StatusCode;
            response?.Dispose();
            if (cancellationToken.IsCancellationRequested || Outages.Of(failure, status) is not { } outage)
                throw;
            if (outage.Reason == UnavailableReason.CannotConnect)
                attempts.MayHaveArrived = before;
            throw outage;
        }
    }

    /// <summary>Returns whether the status is 4xx. The request then had no effect, even when the response comes from a proxy.</summary>
    private static bool WasRefused(HttpStatusCode status) =>
        status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError;

    /// <summary>
    /// Returns whether the response has Klaviyo's format. The body of a 429 or 5xx response is not used, and a 413 often comes from a
    /// proxy. All other responses with a body must be complete JSON.
    /// </summary>
    private static async Task<bool> IsReadableAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.StatusCode switch
        {
            HttpStatusCode.NoContent
            or HttpStatusCode.RequestEntityTooLarge
            or HttpStatusCode.TooManyRequests
            or >= HttpStatusCode.InternalServerError => true,
            _ => KlaviyoMedia.IsJson(response.Content) && IsWhole(await response.Content.ReadAsByteArrayAsync(cancellationToken)),
        };

    private static bool IsWhole(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            while (json.Read()) { }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
