namespace KlaviyoExport.Cluster;

/// <summary>A task that one server at a time may do, the server that holds it, and when the lease expires.</summary>
public sealed class Lease
{
    public required string Name { get; set; }

    /// <summary>The <see cref="Node.Id"/> of the server.</summary>
    public required string Holder { get; set; }

    /// <summary>When the lease expires, unless it is renewed.</summary>
    public DateTimeOffset Until { get; set; }
}
