namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>Reads the Retry-After header of responses.</summary>
internal static class RetryAfterHeader
{
    /// <summary>
    /// Returns how long the response asks the client to wait. Null when it has no Retry-After header. The header contains seconds or a
    /// date. A date is compared with the Date header of the same response, because the clock of this server may be wrong or may be
    /// adjusted.
    /// </summary>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - (response.Headers.Date ?? time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
