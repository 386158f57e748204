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

    /// <inheritdoc cref="Connections.Connection.IsPractice"/>
    public bool IsPractice { get; init; }

    /// <summary>
    /// The next time of its own schedule. Null when the schedule is off, when the export follows the system refresh, and without a
    /// connection.
    /// </summary>
    public DateTimeOffset? NextRunAt { get; init; }

    public DateTimeOffset? MissedAt { get; init; }

    /// <summary>When the data of the source last changed, as of the last load or run. Null when it is not known.</summary>
    public DateTimeOffset? DataChangedAt { get; init; }

    /// <summary>What is wrong with the age of the data of the source. Null when nothing is.</summary>
    public LocalizedMessage? DataAgeWarning { get; init; }

    /// <summary>The run in progress. Null when there is none.</summary>
    public int? ActiveRunId { get; init; }
}
