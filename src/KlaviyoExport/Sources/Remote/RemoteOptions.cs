namespace KlaviyoExport.Sources.Remote;

/// <summary>The options in configuration section <c>Sources:Remote</c>.</summary>
public sealed class RemoteOptions
{
    /// <summary>
    /// The longest time without an answer or data of the server. Default: one minute. The total time is not limited, because it depends on
    /// the size of the files.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);
}
