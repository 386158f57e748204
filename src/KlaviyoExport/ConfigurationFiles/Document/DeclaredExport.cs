using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>An export in a configuration file.</summary>
internal sealed record DeclaredExport
{
    public ItemName Name { get; init; }

    /// <summary>Null for an export that was detached from its connection.</summary>
    public ItemName? Connection { get; init; }

    /// <summary>Klaviyo's ID of the list.</summary>
    public string List { get; init; } = "";

    public ItemName Source { get; init; }

    public string Email { get; init; } = "";

    public IReadOnlyList<FieldMapping> Fields { get; init; } = [];

    public IReadOnlyList<ItemName> Segments { get; init; } = [];

    public IReadOnlyList<ItemName> ExcludedSegments { get; init; } = [];

    public SyncMode Mode { get; init; }

    public Audience Audience { get; init; } = Audience.Everyone;

    public ListRules ListRules { get; init; } = new();

    public DeclaredSchedule Schedule { get; init; } = new();

    public DeclaredExportAlerts Alerts { get; init; } = new();
}
