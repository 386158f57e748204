namespace KlaviyoExport.Klaviyo;

/// <summary>The <c>Klaviyo:Retry</c> section: how hard a call tries before it is an outage.</summary>
public sealed class KlaviyoRetryOptions
{
    /// <summary>Tries of one call in all. From 1 to 20.</summary>
    public int Tries { get; set; } = 6;

    /// <summary>Wait before the second try, doubled for each one after and jittered. From 1 millisecond to 1 minute.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of those waits. At least <see cref="FirstDelay"/>.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A Retry-After of more than this is not sat out in place; the call ends and says how long. From 0 to 1 hour.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// What one call may take in all: its tries, the waits between them and the waits for the rate limit. Then it is an outage. A batch is
    /// handed over in one call, so this is a batch's deadline. From <see cref="TryTimeout"/> to 1 day.
    /// </summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What one try may take, sending, waiting and reading together. From 1 second to 10 minutes.</summary>
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(90);
}
