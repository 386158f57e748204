using System.Globalization;
using KlaviyoExport.Sandbox.Requests;

namespace KlaviyoExport.Sandbox.Pages;

/// <summary>The last requests, newest first.</summary>
internal static class RequestsPage
{
    public static Task Show(HttpContext http, SandboxState state) =>
        Layout.Send(
            http,
            "Last requests",
            Html.Of(
                $"""
                {Layout.Table(
                    "Last requests",
                    ["Time (UTC)", "Method", "Path", "Status", "Count", "Took", "Who", "Fault"],
                    [.. state.Requests.Select(Row)],
                    "No request has come in yet."
                )}
                """
            )
        );

    private static Html Row(RequestEntry entry) =>
        Html.Of(
            $"""
            <tr><td>{entry.At}</td><td>{entry.Method}</td><td><code>{entry.Path}</code></td>
            <td><span class="badge {(entry.Status is >= 200 and < 400 ? "complete" : "cancelled")}">{(
                entry.Status == 0 ? "cut" : entry.Status.ToString(CultureInfo.InvariantCulture)
            )}</span></td>
            <td class="number">{(entry.Count is { } count ? Html.Of($"{count}") : Html.None)}</td>
            <td class="number">{entry.Took.TotalMilliseconds.ToString("N0", CultureInfo.InvariantCulture)} ms</td><td>{entry.Who
                ?? "nobody known"}</td><td>{entry.Faults}</td></tr>
            """
        );
}
