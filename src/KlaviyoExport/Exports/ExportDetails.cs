namespace KlaviyoExport.Exports;

/// <summary>What the reader may do with an export.</summary>
public sealed record ExportPermissions(bool MayEdit, bool MayRun, bool MaySeeEmails);

/// <summary>An export for viewing or editing.</summary>
public sealed record ExportDetails(
    ExportDraft Draft,
    string ListName,
    string? ConnectionName,
    string SourceName,
    IReadOnlyList<string> SegmentNames,
    IReadOnlyList<string> ExcludedSegmentNames,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    ExportPermissions Permissions
)
{
    public required ExportSchedule Schedule { get; init; }

    /// <summary>
    /// The next time of its own schedule. Null when the schedule is off, when the export follows the system refresh, and without a
    /// connection.
    /// </summary>
    public DateTimeOffset? NextRunAt { get; init; }

    public DateTimeOffset? MissedAt { get; init; }

    /// <summary>The run in progress. Null when there is none.</summary>
    public int? ActiveRunId { get; init; }
}
