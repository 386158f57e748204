namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>A call that has passed the limiter of its endpoint. All times are relative to the epoch of the limiter.</summary>
/// <param name="sentAt">When the call is sent.</param>
internal sealed class CallTicket(TimeSpan sentAt)
{
    public TimeSpan SentAt { get; set; } = sentAt;

    /// <summary>Whether the call has a place, but is not sent yet.</summary>
    public bool IsReserved { get; set; }

    /// <summary>When the call ended. Null while it is in progress.</summary>
    public TimeSpan? EndedAt { get; set; }

    /// <summary>Whether it ended with a response of Klaviyo. Otherwise it may have arrived at any time until it ended.</summary>
    public bool IsAnswered { get; set; }
}
