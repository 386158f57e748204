using KlaviyoExport.Runs;

namespace KlaviyoExport.Exports;

/// <summary>An export as a person is filling it in.</summary>
public sealed record ExportDraft
{
    /// <summary>Null for a new one.</summary>
    public int? Id { get; init; }

    public required string Name { get; init; }

    public int? ConnectionId { get; init; }

    public string ListId { get; init; } = "";

    public int? SourceId { get; init; }

    public string? EmailField { get; init; }

    public IReadOnlyList<FieldMapping> Fields { get; init; } = [];

    public IReadOnlyList<int> SegmentIds { get; init; } = [];

    public SyncMode SyncMode { get; init; }

    /// <summary>The version the edit began with.</summary>
    public int Version { get; init; }

    /// <summary>The version of somebody else's change that this draft is to replace: the person saw it and decided for their own.</summary>
    public int? OverwriteVersion { get; init; }
}
