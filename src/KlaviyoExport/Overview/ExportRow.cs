using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>A row of the export list.</summary>
public sealed record ExportRow
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Null when the export has no connection.</summary>
    public required string? ConnectionName { get; init; }

    /// <inheritdoc cref="Connections.Connection.IsPractice"/>
    public bool IsPractice { get; init; }

    public required string ListId { get; init; }

    public required string ListName { get; init; }

    /// <summary>The latest run, which may be in progress. Null when the export never ran.</summary>
    public int? LastRunId { get; init; }

    /// <summary>The run in progress. Null when there is none.</summary>
    public int? ActiveRunId { get; init; }

    /// <summary>The state of the latest run.</summary>
    public RunState? State { get; init; }

    /// <summary>When the latest run ended, else when it started, else when it was queued.</summary>
    public DateTimeOffset? StateSince { get; init; }

    /// <summary>The end of the latest run that put profiles on the list. Null when there is none.</summary>
    public DateTimeOffset? Refreshed { get; init; }

    /// <summary>The reason why the run in progress is waiting. Null when it is working or when no run is in progress.</summary>
    public WaitReason? WaitsFor { get; init; }

    public required ExportSchedule Schedule { get; init; }

    /// <summary>
    /// The next time of the export's own schedule, or of the system refresh it follows. Null when the schedule is off or the export has no
    /// connection.
    /// </summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>The last scheduled time that passed while the product was down. Null when there is none.</summary>
    public DateTimeOffset? MissedAt { get; init; }

    public required int Version { get; init; }

    public required ExportPermissions Permissions { get; init; }
}
