namespace KlaviyoExport.Overview;

public enum AttentionKind
{
    /// <summary>The latest run of the export failed, for good or until its next try.</summary>
    Failed,

    /// <summary>A run waits for somebody's approval.</summary>
    NeedsApproval,

    /// <summary>A time of its schedule passed while the product was down.</summary>
    Missed,

    /// <summary>It holds more profiles than it may send.</summary>
    OverCap,

    /// <summary>It is scheduled and has no connection.</summary>
    NoConnection,

    /// <summary>What last went wrong with a connection.</summary>
    ConnectionBroken,

    /// <summary>A connection without an export user who is an administrator: nothing on it runs.</summary>
    ExportUserGone,
}

/// <summary>Something a person should look at.</summary>
/// <param name="ExportId">Null when it is about a connection.</param>
/// <param name="ConnectionId">Null when it is about an export.</param>
/// <param name="Name">Of the export or the connection.</param>
/// <param name="What">In words; null where the kind says it all.</param>
public sealed record Attention(
    AttentionKind Kind,
    int? ExportId,
    int? ConnectionId,
    string Name,
    int? RunId,
    DateTimeOffset? At,
    LocalizedMessage? What
);

/// <summary>What happens next by itself.</summary>
/// <param name="ExportId">Null: the system refresh.</param>
/// <param name="Name">Null: the system refresh.</param>
public sealed record NextRun(int? ExportId, string? Name, DateTimeOffset At);

/// <summary>What ended on one day.</summary>
/// <param name="Day">By UTC.</param>
/// <param name="Failed">Of the runs, those that failed for good.</param>
public sealed record DayTotal(DateOnly Day, int Runs, int Failed, long Accepted, long Refused);
