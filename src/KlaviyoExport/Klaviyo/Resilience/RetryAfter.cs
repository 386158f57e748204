namespace KlaviyoExport.Klaviyo.Resilience;

internal static class RetryAfter
{
    /// <summary>How long the answer asks to be left alone: seconds or a date; null where it does not say. A date is read by the clock of
    /// whoever wrote it:
    /// this machine's may be wrong, or be put right while the answer is waited for.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - (response.Headers.Date ?? time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
