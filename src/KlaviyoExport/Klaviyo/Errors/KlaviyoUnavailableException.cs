namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Thrown when, after all attempts, Klaviyo cannot be reached or does not return a usable response. This is an outage, not a refusal. The
/// call may have taken effect (see <see cref="MayHaveArrived"/>), but every call of <see cref="KlaviyoClient"/> can be repeated safely.
/// The message contains no URL, key or personal data.
/// </summary>
public sealed class KlaviyoUnavailableException : Exception
{
    public KlaviyoUnavailableException(UnavailableReason reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>The kind of outage.</summary>
    public UnavailableReason Reason { get; }

    /// <summary>The HTTP status of the last response. Null when there was no response.</summary>
    public int? Status { get; init; }

    /// <summary>
    /// Whether one of the attempts may have taken effect. False only when it is certain that Klaviyo has processed none of them.
    /// </summary>
    public bool MayHaveArrived { get; internal set; } = true;

    /// <summary>The time that Klaviyo asks the caller to wait before the next call. Null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The kinds of outages.</summary>
public enum UnavailableReason
{
    /// <summary>The connection failed, because of name resolution, the network, a proxy or TLS.</summary>
    CannotConnect,

    /// <summary>The connection was lost before the whole response was read.</summary>
    ConnectionLost,

    /// <summary>Klaviyo did not respond within the time-out.</summary>
    TimedOut,

    /// <summary>Klaviyo returned a 5xx status.</summary>
    ServerFault,

    /// <summary>
    /// Klaviyo returned 429 on every attempt, or asked for a wait longer than <see cref="KlaviyoRetryOptions.Patience"/>.
    /// </summary>
    TooManyRequests,

    /// <summary>
    /// The response does not have Klaviyo's format: it is incomplete, not JSON, a redirect or the error page of a proxy.
    /// </summary>
    UnreadableAnswer,

    /// <summary>The call is for the practice Klaviyo, which this installation does not have or cannot start.</summary>
    NoPractice,
}
