namespace KlaviyoExport.Sandbox.Pages;

/// <summary>The frame of every page.</summary>
internal static class Layout
{
    private static readonly (string Path, string Title)[] Links =
    [
        ("/", "Accounts and lists"),
        ("/jobs", "Import jobs"),
        ("/requests", "Last requests"),
    ];

    /// <summary>Columns with numbers, including their headings, are aligned to the right.</summary>
    private static readonly string[] Numbers = ["Members", "Profiles", "Completed", "Failed", "Count", "Took"];

    public static async Task Send(HttpContext http, string title, Html content)
    {
        var links = Links.Select(l =>
            Html.Of($"<a href=\"{l.Path}\"{Html.Raw(l.Path == http.Request.Path.Value ? " aria-current=\"page\"" : "")}>{l.Title}</a>")
        );
        var page = Html.Of(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} · Klaviyo Sandbox</title>
            <link rel="stylesheet" href="/sandbox.css">
            </head>
            <body>
            <header><a class="name" href="/">Klaviyo Sandbox</a><span class="note">Test data only. Nothing is sent to Klaviyo.</span>
            <nav aria-label="Pages">{links}</nav></header>
            <main><h1>{title}</h1>
            {content}
            </main>
            </body>
            </html>
            """
        );
        var headers = http.Response.Headers;
        headers.ContentType = "text/html; charset=utf-8";
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        // Not "no-referrer": with it browsers send no origin for the forms of these pages, and the forms would be refused.
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        await http.Response.WriteAsync(page.Text, http.RequestAborted);
    }

    /// <summary>Writes a table that scrolls horizontally on narrow screens, also by keyboard.</summary>
    public static Html Table(string label, IEnumerable<string> columns, IReadOnlyCollection<Html> rows, string empty) =>
        rows.Count == 0
            ? Html.Of($"<p class=\"empty\">{empty}</p>")
            : Html.Of(
                $"""
                <div class="scroll" role="region" aria-label="{label}" tabindex="0"><table>
                <thead><tr>{columns.Select(c =>
                    Html.Of($"<th scope=\"col\"{Html.Raw(Numbers.Contains(c) ? " class=\"number\"" : "")}>{c}</th>")
                )}</tr></thead>
                <tbody>{rows.Select(row => Labelled(row, [.. columns]))}</tbody></table></div>
                """
            );

    /// <summary>Writes a cell with the name of its column, for narrow screens on which the table becomes a list of cards.</summary>
    private static Html Labelled(Html row, string[] columns)
    {
        var parts = row.Text.Split("<td");
        return Html.Raw(
            parts[0]
                + string.Concat(
                    parts.Skip(1).Select((part, cell) => $"<td data-label=\"{columns[Math.Min(cell, columns.Length - 1)]}\"{part}")
                )
        );
    }

    public static Html Pager(string path, string query, int page, int pages) =>
        pages <= 1
            ? Html.None
            : Html.Of(
                $"""
                <nav class="pager" aria-label="Pages of the table">
                {(page > 1 ? Html.Of($"<a rel=\"prev\" href=\"{path}?{query}page={Text(page - 1)}\">Previous</a>") : Html.None)}
                <span>Page {page} of {pages}</span>
                {(page < pages ? Html.Of($"<a rel=\"next\" href=\"{path}?{query}page={Text(page + 1)}\">Next</a>") : Html.None)}
                </nav>
                """
            );

    /// <summary>Returns the requested page number, within the existing pages.</summary>
    public static int PageOf(HttpContext http, int pages) =>
        int.TryParse(http.Request.Query["page"], out var page) ? Math.Clamp(page, 1, Math.Max(1, pages)) : 1;

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
