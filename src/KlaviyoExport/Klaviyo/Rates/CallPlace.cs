namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// A place within Klaviyo's rate limits for the first attempt of one call. Whoever must do something right before a call, such as storing
/// that it is made, takes the place first, so that it need not wait afterwards. Dispose it; a place that no call has used becomes free.
/// </summary>
public sealed class CallPlace : IDisposable
{
    private readonly EndpointLimiter _limiter;
    private CallTicket? _ticket;

    internal CallPlace(EndpointLimiter limiter, CallTicket ticket) => (_limiter, _ticket) = (limiter, ticket);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ticket, null) is { } unused)
            _limiter.Return(unused);
    }

    /// <summary>Takes the place for a request that is sent now.</summary>
    /// <returns>Null when it was already used.</returns>
    internal CallTicket? Take()
    {
        var ticket = Interlocked.Exchange(ref _ticket, null);
        if (ticket is not null)
            _limiter.Sends(ticket);
        return ticket;
    }
}
