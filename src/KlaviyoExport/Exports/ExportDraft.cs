using KlaviyoExport.Runs;

namespace KlaviyoExport.Exports;

/// <summary>An export as filled in by a person.</summary>
public sealed record ExportDraft
{
    /// <summary>Null for a new export.</summary>
    public int? Id { get; init; }

    public required string Name { get; init; }

    public int? ConnectionId { get; init; }

    public string ListId { get; init; } = "";

    public int? SourceId { get; init; }

    public string? EmailField { get; init; }

    public IReadOnlyList<FieldMapping> Fields { get; init; } = [];

    public IReadOnlyList<int> SegmentIds { get; init; } = [];

    /// <summary>The segments whose members are left out.</summary>
    public IReadOnlyList<int> ExcludedSegmentIds { get; init; } = [];

    public SyncMode SyncMode { get; init; }

    public ListRules ListRules { get; init; } = new();

    public Audience Audience { get; init; } = Audience.Everyone;

    /// <summary>The version of the export when editing started.</summary>
    public int Version { get; init; }

    /// <summary>The version of another person's change that this draft replaces, because the editor decided to overwrite it.</summary>
    public int? OverwriteVersion { get; init; }
}
