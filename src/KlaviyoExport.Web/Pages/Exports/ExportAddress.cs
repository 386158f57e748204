using System.Globalization;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>
/// What the exports list shows, as its address says it: a view can be sent to somebody, and the back button undoes a step.
/// </summary>
internal static class ExportAddress
{
    /// <summary>Reads an address; what makes no sense in it is passed over.</summary>
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

    /// <summary>The address of a view; what is as usual is not in it.</summary>
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
        return parts.Count == 0 ? "/exports" : $"/exports?{string.Join('&', parts)}";
    }

    /// <summary>Sorted by a column: the other way round when it was already, and from the first page on.</summary>
    public static ExportQuery By(this ExportQuery query, ExportColumn column) =>
        query with
        {
            Sort = column,
            Descending = query.Sort == column && !query.Descending,
            Page = 1,
        };
}
