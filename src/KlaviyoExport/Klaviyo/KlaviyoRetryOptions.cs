namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Section <c>Klaviyo:Retry</c>: the retries and time-outs of a call to Klaviyo. When all retries fail, the run is retried as a whole.
/// </summary>
public sealed class KlaviyoRetryOptions
{
    /// <summary>The maximum number of attempts of one call, including the first. From 1 to 20.</summary>
    public int Tries { get; set; } = 6;

    /// <summary>
    /// The delay before the second attempt. It doubles for each further attempt, with jitter. From 1 millisecond to 1 minute.
    /// </summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum delay between two attempts. From <see cref="FirstDelay"/> to 1 hour.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest Retry-After that a call waits for. From 0 to 1 hour. When Klaviyo asks for a longer wait, the call fails at once, and
    /// the run is retried after that wait.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The time-out of one call, with all its attempts, the delays between them and the waits for the rate limit. A batch is sent in one
    /// call, so this is also the time-out of a batch. From <see cref="TryTimeout"/> to 1 day.
    /// </summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The time-out of one attempt: to send the request, wait for the response and read it. From 1 second to 10 minutes.
    /// </summary>
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(90);
}
