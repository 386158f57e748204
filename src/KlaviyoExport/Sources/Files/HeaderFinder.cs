namespace KlaviyoExport.Sources.Files;

/// <summary>A line or row at the start of a file.</summary>
/// <param name="Line">The number of lines before it.</param>
/// <param name="Count">The number of its values.</param>
/// <param name="Filled">The number of its values that are not empty.</param>
/// <param name="IsComment">Whether it starts as comments do.</param>
internal readonly record struct FirstRow(int Line, int Count, int Filled, bool IsComment);

/// <summary>Finds the header below titles and comments.</summary>
internal static class HeaderFinder
{
    /// <summary>The number of rows among which the header is.</summary>
    public const int Within = 30;

    /// <summary>Returns the number of lines above the header: comments, empty rows and titles, which have few values.</summary>
    /// <param name="rows">The first rows.</param>
    /// <param name="width">The number of values that rows of the file usually have.</param>
    public static int LinesAbove(IReadOnlyList<FirstRow> rows, int width)
    {
        var header = rows.Take(Within).ToList().FindIndex(row => !IsAbove(row));
        return header <= 0 || width < 2 ? 0 : rows[header].Line;

        bool IsAbove(FirstRow row) =>
            row.IsComment || row.Filled == 0 || (row.Filled * 2 <= width && (row.Count < width || (row.Filled == 1 && width > 2)));
    }
}
