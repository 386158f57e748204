using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>Sends segments of a source to a Klaviyo list over a connection, with a field mapping and a sync mode.</summary>
public sealed class Export : IVersioned
{
    private ExportSchedule _schedule = new();

    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>Null when the export is detached. It cannot run until a connection is attached.</summary>
    public int? ConnectionId { get; set; }

    public Connection? Connection { get; set; }

    public required string ListId { get; set; }

    /// <summary>The name of the list in Klaviyo when the export was saved.</summary>
    public required string ListName { get; set; }

    public int SourceId { get; set; }

    public Source? Source { get; set; }

    public List<Segment> Segments { get; set; } = [];

    /// <summary>The segments whose members are left out.</summary>
    public List<Segment> ExcludedSegments { get; set; } = [];

    /// <summary>The profiles that a run reads. Both lists of segments must be loaded.</summary>
    internal SegmentSelection Selection => new(Segments, ExcludedSegments);

    /// <summary>The field that contains the email address.</summary>
    public required string EmailField { get; set; }

    /// <summary>The further mapped fields, in the order in which they are sent.</summary>
    public List<FieldMapping> Fields { get; set; } = [];

    /// <summary>
    /// The fields that a run reads, in this order: the address, the mapped fields, and the fields that name the countries of phone numbers.
    /// </summary>
    public IReadOnlyList<string> FieldsRead =>
        [EmailField, .. Fields.Select(mapping => mapping.Field), .. Fields.Select(mapping => mapping.CountryField).OfType<string>()];

    public SyncMode SyncMode { get; set; }

    public ListRules ListRules { get; set; } = new();

    public Audience Audience { get; set; } = Audience.Everyone;

    public ExportSchedule Schedule
    {
        get => _schedule;
        set => (_schedule, FollowsRefresh) = (value, value.FollowsRefresh);
    }

    /// <summary>
    /// Whether the export runs with every system refresh. Derived from <see cref="Schedule"/>, in its own column for queries.
    /// </summary>
    public bool FollowsRefresh { get; private set; }

    /// <summary>The next time of the own schedule. Null when there is none or it is off.</summary>
    public DateTimeOffset? NextRunAt { get; set; }

    /// <summary>The last time of the own schedule that passed while the product was down. Null after the next run.</summary>
    public DateTimeOffset? MissedAt { get; set; }

    /// <summary>The last value of <see cref="MissedAt"/>, which remains after the next run. Alerts are raised from it.</summary>
    public DateTimeOffset? LastMissedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    /// <summary>The ID of the person who created the export, its owner. Null for exports created before IDs were stored.</summary>
    public string? OwnerId { get; set; }

    public int Version { get; set; }
}
