namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Klaviyo could not be asked, or did not answer sensibly, after all tries: an outage, not a refusal. Whether the call had its effect is
/// unknown; every call of this product may be made again without harm. The message holds no address, key or personal data.
/// </summary>
public sealed class KlaviyoUnavailableException : Exception
{
    public KlaviyoUnavailableException(UnavailableReason reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    public UnavailableReason Reason { get; }

    /// <summary>The HTTP status of the last answer, where there was one.</summary>
    public int? Status { get; init; }

    /// <summary>
    /// Whether Klaviyo may have done what one of the tries asked for. False only where each of them is known not to have reached it.
    /// </summary>
    public bool MayHaveArrived { get; internal set; } = true;

    /// <summary>How long Klaviyo asked to be left alone, where it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

public enum UnavailableReason
{
    /// <summary>No connection could be made: name, network, proxy or TLS.</summary>
    CannotConnect,

    /// <summary>The connection broke before the whole answer was there.</summary>
    ConnectionLost,

    /// <summary>No answer within the time a try is given.</summary>
    TimedOut,

    /// <summary>5xx.</summary>
    ServerFault,

    /// <summary>429 again and again, or for longer than waiting in place makes sense.</summary>
    TooManyRequests,

    /// <summary>
    /// Something answered that does not speak as Klaviyo does: truncated, not JSON, a redirect, an error page of a proxy.
    /// </summary>
    UnreadableAnswer,
}
