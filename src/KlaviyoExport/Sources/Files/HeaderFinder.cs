using System.Buffers.Text;

namespace KlaviyoExport.Sources.Files;

/// <summary>A line or row at the start of a file.</summary>
/// <param name="Line">The number of lines before it.</param>
/// <param name="Count">The number of its values.</param>
/// <param name="Filled">The number of its values that are not empty.</param>
/// <param name="Width">The number of its values up to the last one that is not empty.</param>
/// <param name="IsComment">Whether it starts with the mark of a comment.</param>
/// <param name="IsData">Whether one of its values is a number or an email address, as column names rarely are.</param>
internal readonly record struct FirstRow(int Line, int Count, int Filled, int Width, bool IsComment, bool IsData);

/// <summary>Finds the header below titles and comments.</summary>
internal static class HeaderFinder
{
    /// <summary>The number of rows among which the header is.</summary>
    public const int Within = 30;

    private const string CommentMark = "# ";

    /// <summary>
    /// Returns the number of lines above the header: comments, empty rows and titles, which have few values. A comment as wide as the row of
    /// data right below it is the header.
    /// </summary>
    /// <param name="rows">The first rows.</param>
    public static int LinesAbove(IReadOnlyList<FirstRow> rows)
    {
        var width = UsualWidth(rows);
        var header = rows.Take(Within).ToList().FindIndex(row => !IsAbove(row));
        if (header > 0 && rows[header].IsData && rows[header - 1] is { IsComment: true } above && above.Filled == width)
            header--;
        return header <= 0 || width < 2 ? 0 : rows[header].Line;

        bool IsAbove(FirstRow row) =>
            row.IsComment || row.Filled == 0 || (row.Filled * 2 <= width && (row.Count < width || (row.Filled == 1 && width > 2)));
    }

    /// <summary>Whether a line starts as comments do. A header can start so, too.</summary>
    public static bool IsComment(ReadOnlySpan<byte> line) => line.StartsWith("# "u8);

    /// <summary>Returns the name of the first column without the mark of a comment.</summary>
    public static string NameOf(string first) =>
        first.StartsWith(CommentMark, StringComparison.Ordinal) ? first[CommentMark.Length..].Trim() : first;

    /// <summary>Whether a value is hardly the name of a column: it is a number, or has an @.</summary>
    public static bool IsData(ReadOnlySpan<byte> value) =>
        value.Contains((byte)'@') || Utf8Parser.TryParse(value, out decimal _, out var length) && length == value.Length;

    // Empty values at the end do not count: otherwise a header that leaves them out would pass for a title. A quarter of the rows must be
    // as wide, because single rows may be too long.
    private static int UsualWidth(IReadOnlyList<FirstRow> rows)
    {
        int[] widths = [.. rows.Select(row => row.Width).Where(width => width > 1).Order()];
        return widths.Length == 0 ? 1 : widths[((widths.Length * 3) + 3) / 4 - 1];
    }
}
