using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>What the exports list can be sorted by.</summary>
public enum ExportColumn
{
    Name,
    Connection,
    List,

    /// <summary>What needs a person first, then what is under way, then what went well.</summary>
    Status,
    Refreshed,

    /// <summary>Off, with the system refresh, then own schedules by their kind.</summary>
    Schedule,
    NextRun,
}

/// <summary>Which exports are wanted, in which order.</summary>
public sealed record ExportQuery
{
    public const int LargestPage = 200;

    /// <summary>Part of the name, the connection's name, or the list's name or id; upper and lower case are the same.</summary>
    public string? Search { get; init; }

    public ExportColumn Sort { get; init; }

    public bool Descending { get; init; }

    /// <summary>Of the latest run; null: all.</summary>
    public RunState? State { get; init; }

    /// <summary>From 1. One beyond the last is empty.</summary>
    public int Page { get; init; } = 1;

    /// <summary>At most <see cref="LargestPage"/>.</summary>
    public int PageSize { get; init; } = 25;
}

/// <param name="Total">Of all pages.</param>
public sealed record ExportPage(IReadOnlyList<ExportRow> Rows, int Total);
