namespace KlaviyoExport.Sources.Remote;

/// <summary>Section <c>Sources:Remote</c>: files in Amazon S3, Azure Blob Storage and on SFTP servers.</summary>
public sealed class RemoteOptions
{
    /// <summary>
    /// The longest time without a response or data from the server. From 1 second to 1 hour. The total time is not limited, because it
    /// depends on the size of the files.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);
}
