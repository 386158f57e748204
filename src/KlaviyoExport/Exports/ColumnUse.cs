namespace KlaviyoExport.Exports;

/// <summary>What the change of a column means for the runs that use it.</summary>
public enum DriftEffect
{
    /// <summary>Runs go on.</summary>
    GoesOn,

    /// <summary>Runs go on with the loaded data. They stop once the file is loaded again.</summary>
    StopsAfterLoad,

    /// <summary>The next run stops before it sends anything.</summary>
    Stops,
}

/// <summary>For what a column is used.</summary>
public enum ColumnUseKind
{
    /// <summary>The column identifies a profile.</summary>
    Key,

    /// <summary>It tells when the data last changed.</summary>
    ChangedAt,

    /// <summary>A segment has a condition on it.</summary>
    Condition,

    /// <summary>An export reads the email address from it.</summary>
    Email,

    /// <summary>An export sends it.</summary>
    Mapping,

    /// <summary>An export reads the country of phone numbers from it.</summary>
    Country,

    /// <summary>A segment reads its members from another table.</summary>
    Members,
}

/// <summary>A use of a column that no longer exists or has another type, or of a table that no longer exists.</summary>
/// <param name="Kind">For what it is used.</param>
/// <param name="Column">The name of the column. The name of the table, when it is missing as a whole.</param>
/// <param name="Effect">What the change means for runs.</param>
/// <param name="Change">What happened to it.</param>
/// <param name="What">For what it is used, in words without values.</param>
public sealed record ColumnUse(ColumnUseKind Kind, string Column, DriftEffect Effect, LocalizedMessage Change, LocalizedMessage What)
{
    /// <summary>The table, when it is not that of the profiles. Null otherwise.</summary>
    public string? Table { get; init; }

    /// <summary>The segment that uses it. Null when it is not a segment.</summary>
    public int? SegmentId { get; init; }

    /// <summary>The export that uses it. Null when it is not an export.</summary>
    public int? ExportId { get; init; }

    /// <summary>The name of the segment or the export. Null for the key.</summary>
    public string? Name { get; init; }

    /// <summary>Returns what happened and for what the column is used.</summary>
    public LocalizedMessage Reason =>
        SegmentId is null ? new("Exports.DriftReason", Change, What)
        : Table is null ? new("Exports.DriftSegmentReason", Name, Change, What)
        : new("Exports.DriftTableReason", Name, Change);
}
