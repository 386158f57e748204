namespace KlaviyoExport.Cluster;

/// <summary>What one machine of several does at a time, and until when it is this machine's.</summary>
public sealed class Lease
{
    public required string Name { get; set; }

    /// <summary>The <see cref="Node.Id"/> of the machine.</summary>
    public required string Holder { get; set; }

    public DateTimeOffset Until { get; set; }
}
