namespace KlaviyoExport.Exports;

/// <summary>What the reader may do with one export.</summary>
public sealed record ExportPermissions(bool MayEdit, bool MayRun, bool MaySeeEmails);

/// <summary>An export to look at or edit.</summary>
public sealed record ExportDetails(
    ExportDraft Draft,
    string ListName,
    string? ConnectionName,
    string SourceName,
    IReadOnlyList<string> SegmentNames,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    ExportPermissions Permissions
)
{
    public required ExportSchedule Schedule { get; init; }

    /// <summary>
    /// The next time of its own schedule; null when that is off, when it follows the system refresh, and without a connection.
    /// </summary>
    public DateTimeOffset? NextRunAt { get; init; }

    public DateTimeOffset? MissedAt { get; init; }

    /// <summary>The run under way.</summary>
    public int? ActiveRunId { get; init; }
}
