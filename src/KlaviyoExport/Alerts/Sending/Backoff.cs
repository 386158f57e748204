namespace KlaviyoExport.Alerts.Sending;

/// <summary>The pauses between the attempts to send a message.</summary>
internal static class Backoff
{
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
        TimeSpan.FromHours(1),
        TimeSpan.FromHours(3),
        TimeSpan.FromHours(6),
        TimeSpan.FromHours(13),
    ];

    /// <summary>The number of attempts within about a day, after which a message is given up.</summary>
    public static int MostAttempts => Pauses.Length + 1;

    /// <summary>Returns the pause after an attempt that failed. Null when it was the last one.</summary>
    /// <param name="attempts">The number of attempts, from 1.</param>
    public static TimeSpan? After(int attempts) => attempts < MostAttempts ? Pauses[attempts - 1] : null;
}
