using System.Buffers;
using System.Text.RegularExpressions;

namespace KlaviyoExport;

/// <summary>A cell of a CSV file that people open in a spreadsheet.</summary>
internal static partial class CsvCell
{
    // Commas, quotes and line ends by the standard; semicolons and tabs for the spreadsheets that split at them.
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",;\r\n\t");

    /// <summary>
    /// The cell as RFC 4180 writes it. An apostrophe before whatever would begin a formula makes it text, also where a spreadsheet takes
    /// semicolons for commas.
    /// </summary>
    public static string Of(string? value)
    {
        var safe = FormulaBegins().Replace(value ?? "", "'");
        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    // At the start of a cell, and after what some spreadsheets split cells at. The wide forms are what East Asian keyboards type.
    [GeneratedRegex(@"(?:^|(?<=[;\t\r\n]))(?=\s*[=+\-@\t\r＝＋－＠])")]
    private static partial Regex FormulaBegins();
}
