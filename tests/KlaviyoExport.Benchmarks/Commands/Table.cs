using System.Globalization;

namespace KlaviyoExport.Benchmarks.Commands;

/// <summary>A Markdown table whose columns are aligned, so that it can be read on a console as well.</summary>
internal sealed class Table(params IReadOnlyList<string> headers)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>The last row, in one line.</summary>
    public string LastRow => string.Join("   ", headers.Zip(_rows[^1], (header, cell) => cell.Length == 0 ? "" : $"{header}: {cell}"));

    /// <summary>Adds a row. A number is rounded to what can be measured, a time is in seconds, null is an empty cell.</summary>
    public void Add(params IReadOnlyList<object?> cells) => _rows.Add([.. cells.Select(Text)]);

    public override string ToString()
    {
        var widths = headers.Select((header, at) => _rows.Select(row => row[at].Length).Append(header.Length).Max()).ToList();
        return string.Join(
                '\n',
                _rows
                    .Select(Line)
                    .Prepend($"|{string.Concat(widths.Select(width => $"{new string('-', width + 2)}|"))}")
                    .Prepend(Line(headers))
            ) + "\n";

        string Line(IReadOnlyList<string> cells) => $"|{string.Concat(cells.Select((cell, at) => $" {cell.PadRight(widths[at])} |"))}";
    }

    private static string Text(object? cell) =>
        cell switch
        {
            null => "",
            TimeSpan time => time.TotalSeconds.ToString(time.TotalSeconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture),
            double number => number.ToString("0.00", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(cell is int or long ? "#,0" : null, CultureInfo.InvariantCulture),
            _ => cell.ToString()!,
        };
}
