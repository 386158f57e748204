namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>A configuration file. A section that is null is left alone; an empty one means that there is nothing of its kind.</summary>
internal sealed record ConfigurationDocument
{
    /// <summary>The version of the format.</summary>
    public int Version { get; init; }

    public IReadOnlyList<DeclaredConnection>? Connections { get; init; }

    public IReadOnlyList<DeclaredSource>? Sources { get; init; }

    public IReadOnlyList<DeclaredSegment>? Segments { get; init; }

    public IReadOnlyList<DeclaredExport>? Exports { get; init; }

    public DeclaredRefresh? SystemRefresh { get; init; }

    public DeclaredAlerts? Alerts { get; init; }
}
