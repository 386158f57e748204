namespace KlaviyoExport.Overview;

/// <summary>The kinds of items that need attention.</summary>
public enum AttentionKind
{
    /// <summary>The latest run of the export failed, permanently or until its next retry.</summary>
    Failed,

    /// <summary>A run waits for approval.</summary>
    NeedsApproval,

    /// <summary>A scheduled time of the export passed while the product was down.</summary>
    Missed,

    /// <summary>The export has more profiles than it may send.</summary>
    OverCap,

    /// <summary>The export is scheduled but has no connection.</summary>
    NoConnection,

    /// <summary>The last use of the connection failed.</summary>
    ConnectionBroken,

    /// <summary>Columns that the export needs no longer exist or have another type. Its next run will stop.</summary>
    ColumnsChanged,

    /// <summary>The connection has no export user, or its export user is not an administrator. Its exports do not run.</summary>
    ExportUserGone,

    /// <summary>The data of a source is older than allowed, or its age is not known.</summary>
    SourceOld,
}

/// <summary>An item that needs a person's attention.</summary>
/// <param name="ExportId">Null when the item is not about an export.</param>
/// <param name="ConnectionId">Null when the item is not about a connection.</param>
/// <param name="Name">The name of the export, the connection or the source.</param>
/// <param name="What">A description for the reader. Null when the kind says enough.</param>
public sealed record Attention(
    AttentionKind Kind,
    int? ExportId,
    int? ConnectionId,
    string Name,
    int? RunId,
    DateTimeOffset? At,
    LocalizedMessage? What
)
{
    /// <summary>Null when the item is not about a source.</summary>
    public int? SourceId { get; init; }
}

/// <summary>The next scheduled start of an export or of the system refresh.</summary>
/// <param name="ExportId">Null for the system refresh.</param>
/// <param name="Name">Null for the system refresh.</param>
public sealed record NextRun(int? ExportId, string? Name, DateTimeOffset At);

/// <summary>The totals of the runs that ended on one day.</summary>
/// <param name="Day">The day in UTC.</param>
/// <param name="Failed">The number of runs that failed permanently.</param>
public sealed record DayTotal(DateOnly Day, int Runs, int Failed, long Accepted, long Refused);
