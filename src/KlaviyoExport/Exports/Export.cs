using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>Connection + Klaviyo list + segments + field mapping + sync mode.</summary>
public sealed class Export : IVersioned
{
    private ExportSchedule _schedule = new();

    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>Null: detached; the export cannot run until a connection is attached.</summary>
    public int? ConnectionId { get; set; }

    public Connection? Connection { get; set; }

    public required string ListId { get; set; }

    /// <summary>As Klaviyo named the list when the export was saved.</summary>
    public required string ListName { get; set; }

    public int SourceId { get; set; }

    public Source? Source { get; set; }

    public List<Segment> Segments { get; set; } = [];

    /// <summary>The field that holds the address.</summary>
    public required string EmailField { get; set; }

    /// <summary>Further fields, in the order they are sent.</summary>
    public List<FieldMapping> Fields { get; set; } = [];

    public SyncMode SyncMode { get; set; }

    public ExportSchedule Schedule
    {
        get => _schedule;
        set => (_schedule, FollowsRefresh) = (value, value.FollowsRefresh);
    }

    /// <summary>It runs with every system refresh: a column of its own, kept in step with the schedule, for queries.</summary>
    public bool FollowsRefresh { get; private set; }

    /// <summary>When its own schedule is due next; null when it has none or it is off.</summary>
    public DateTimeOffset? NextRunAt { get; set; }

    /// <summary>
    /// The last time of its own schedule at which it did not run, because the product was down; forgotten with the next run.
    /// </summary>
    public DateTimeOffset? MissedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    /// <summary>The id of the person who made it, its owner; null for one made before ids were kept, which has none.</summary>
    public string? OwnerId { get; set; }

    public int Version { get; set; }
}

/// <summary>
/// A field of the source and the Klaviyo attribute ("first_name", "location.city") or property ("properties.Tier") it becomes.
/// </summary>
public sealed record FieldMapping(string Field, string Attribute);
