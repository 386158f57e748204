using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>The columns by which the export list can be sorted.</summary>
public enum ExportColumn
{
    Name,
    Connection,
    List,

    /// <summary>First exports that need attention, then exports with a run in progress, then successful ones.</summary>
    Status,
    Refreshed,

    /// <summary>
    /// First exports with their schedule off, then those that follow the system refresh, then those with their own schedule, grouped by
    /// kind.
    /// </summary>
    Schedule,
    NextRun,

    /// <summary>The order in which the exports were created.</summary>
    Id,
}

/// <summary>The search, the order and the page of a request to the export list.</summary>
public sealed record ExportQuery
{
    /// <summary>The largest allowed <see cref="PageSize"/>.</summary>
    public const int LargestPage = 200;

    /// <summary>Matches a part of the export's name, the connection's name, or the list's name or id. Case-insensitive.</summary>
    public string? Search { get; init; }

    /// <summary>The name of the export, case-insensitive. Null for all exports.</summary>
    public string? Name { get; init; }

    /// <summary>Only exports with a greater id, for reading all exports in the order of <see cref="ExportColumn.Id"/>.</summary>
    public int? AfterId { get; init; }

    public ExportColumn Sort { get; init; }

    public bool Descending { get; init; }

    /// <summary>The state of the latest run. Null for all exports.</summary>
    public RunState? State { get; init; }

    /// <summary>The page number, starting at 1. A page after the last one is empty.</summary>
    public int Page { get; init; } = 1;

    /// <summary>The number of rows in a page, at most <see cref="LargestPage"/>.</summary>
    public int PageSize { get; init; } = 25;
}

/// <summary>One page of the export list.</summary>
/// <param name="Total">The number of matching exports on all pages.</param>
public sealed record ExportPage(IReadOnlyList<ExportRow> Rows, int Total);
