using System.Buffers;
using System.Text.RegularExpressions;

namespace KlaviyoExport;

/// <summary>Formats the cells of CSV files that people open in a spreadsheet program.</summary>
internal static partial class CsvCell
{
    // RFC 4180 requires quotes for commas, quotes and line ends. Some spreadsheet programs also split at semicolons and tabs.
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",;\r\n\t");

    /// <summary>
    /// Returns the value as an RFC 4180 cell. Adds an apostrophe where a spreadsheet program would start a formula, so that it shows the
    /// value as text. This also covers programs that split cells at semicolons.
    /// </summary>
    public static string Of(string? value)
    {
        var safe = FormulaBegins().Replace(value ?? "", "'");
        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    // Matches the start of a formula, at the start of the value and after each character at which some programs split cells. East Asian
    // keyboards produce the full-width characters.
    [GeneratedRegex(@"(?:^|(?<=[;\t\r\n]))(?=\s*[=+\-@\t\r＝＋－＠])")]
    private static partial Regex FormulaBegins();
}
