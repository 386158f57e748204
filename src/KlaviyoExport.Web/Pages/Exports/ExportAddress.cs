using System.Globalization;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>
/// Reads and writes the filter of the export list in the address, so that a view can be shared and the back button undoes a step.
/// </summary>
internal static class ExportAddress
{
    /// <summary>Reads the filter from query parameters. Invalid values are ignored.</summary>
    public static ExportQuery Read(string? search, string? sort, bool descending, string? state, int? page) =>
        new()
        {
            Search = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
            Sort =
                Enum.TryParse<ExportColumn>(sort, ignoreCase: true, out var column) && Enum.IsDefined(column) ? column : ExportColumn.Name,
            Descending = descending,
            State = Enum.TryParse<RunState>(state, ignoreCase: true, out var wanted) && Enum.IsDefined(wanted) ? wanted : null,
            Page = Math.Max(1, page ?? 1),
        };

    /// <summary>Returns the address of a view. Default values are left out.</summary>
    public static string Of(ExportQuery query)
    {
        var parts = new List<string>();
        if (query.Search is { Length: > 0 } search)
            parts.Add($"search={Uri.EscapeDataString(search)}");
        if (query.Sort != ExportColumn.Name)
            parts.Add($"sort={query.Sort}");
        if (query.Descending)
            parts.Add("descending=true");
        if (query.State is { } state)
            parts.Add($"state={state}");
        if (query.Page > 1)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"page={query.Page}"));
        return parts.Count == 0 ? "exports" : $"exports?{string.Join('&', parts)}";
    }

    /// <summary>
    /// Returns the first page sorted by a column, or in reverse order if it is already sorted by this column.
    /// </summary>
    public static ExportQuery By(this ExportQuery query, ExportColumn column) =>
        query with
        {
            Sort = column,
            Descending = query.Sort == column && !query.Descending,
            Page = 1,
        };
}
