using System.Globalization;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using Microsoft.AspNetCore.WebUtilities;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>Reads and writes the filter of the run list in the address, so that a view can be shared.</summary>
internal static class RunListAddress
{
    /// <summary>Returns the filter. Invalid values are ignored.</summary>
    public static RunQuery Read(int? export, string? state, string? text, int? page) =>
        new()
        {
            ExportId = export,
            State = Enum.TryParse<RunState>(state, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null,
            Search = string.IsNullOrWhiteSpace(text) ? null : text.Trim(),
            Page = Math.Max(1, page ?? 1),
        };

    public static bool IsFiltered(RunQuery query) => query.ExportId is not null || query.State is not null || query.Search is not null;

    public static string Of(RunQuery query) =>
        QueryHelpers.AddQueryString(
            "runs",
            new Dictionary<string, string?>
            {
                ["export"] = query.ExportId?.ToString(CultureInfo.InvariantCulture),
                ["state"] = query.State?.ToString(),
                ["text"] = query.Search,
                ["page"] = query.Page > 1 ? query.Page.ToString(CultureInfo.InvariantCulture) : null,
            }.Where(pair => pair.Value is not null)
        );
}
