using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>A row of the exports list.</summary>
public sealed record ExportRow
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Null: no connection.</summary>
    public required string? ConnectionName { get; init; }

    public required string ListId { get; init; }

    public required string ListName { get; init; }

    /// <summary>The latest run, also while it is under way; null when there was none.</summary>
    public int? LastRunId { get; init; }

    /// <summary>The run under way.</summary>
    public int? ActiveRunId { get; init; }

    /// <summary>Of the latest run.</summary>
    public RunState? State { get; init; }

    public DateTimeOffset? StateSince { get; init; }

    /// <summary>When the latest run that put profiles on the list ended.</summary>
    public DateTimeOffset? Refreshed { get; init; }

    /// <summary>What the run under way waits for; null when it is at work, and without one.</summary>
    public RunWait? WaitsFor { get; init; }

    public required ExportSchedule Schedule { get; init; }

    /// <summary>By its own schedule, or that of the system refresh it follows; null when neither is on.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    public DateTimeOffset? MissedAt { get; init; }

    public required int Version { get; init; }

    public required ExportPermissions Permissions { get; init; }
}
