using System.Buffers;
using System.Text.RegularExpressions;

namespace KlaviyoExport;

/// <summary>Formats the cells of CSV files that people open in a spreadsheet program.</summary>
internal static partial class CsvCell
{
    // RFC 4180 requires quotes for commas, quotes and line ends. Some spreadsheet programs also split at semicolons and tabs.
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",;\r\n\t");

    /// <summary>The columns that this product adds to the columns of a source.</summary>
    public static IReadOnlySet<string> OurColumns { get; } = new HashSet<string>([ReasonColumn, FileColumn, LineColumn]);

    /// <summary>Why a row is in the file. A file with this column is recognized as written by this product.</summary>
    public const string ReasonColumn = "klaviyo_export_reason";

    /// <summary>The name of the file the row is from.</summary>
    public const string FileColumn = "klaviyo_export_file";

    /// <summary>The line of the file the row is from.</summary>
    public const string LineColumn = "klaviyo_export_line";

    /// <summary>
    /// Returns the value as an RFC 4180 cell that <see cref="Unprotect"/> restores: values with an apostrophe before a formula get another
    /// one.
    /// </summary>
    public static string Reversible(string? value) => Quote(ProtectedBegins().Replace(value ?? "", "'"));

    /// <summary>Removes the apostrophes that <see cref="Reversible"/> has added. The value is without the quotes of its cell.</summary>
    public static string Unprotect(string value) => Protections().Replace(value, "");

    /// <summary>
    /// Returns the value as an RFC 4180 cell. Adds an apostrophe where a spreadsheet program would start a formula, so that it shows the
    /// value as text. This also covers programs that split cells at semicolons.
    /// </summary>
    public static string Of(string? value) => Quote(FormulaBegins().Replace(value ?? "", "'"));

    private static string Quote(string safe) =>
        safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;

    // Matches the start of a formula, at the start of the value and after each character at which some programs split cells. East Asian
    // keyboards produce the full-width characters.
    [GeneratedRegex(@"(?:^|(?<=[;\t\r\n]))(?=\s*[=+\-@\t\r＝＋－＠])")]
    private static partial Regex FormulaBegins();

    // As above, also before apostrophes that are part of the value.
    [GeneratedRegex(@"(?:^|(?<=[;\t\r\n]))(?=['\s]*[=+\-@\t\r＝＋－＠])")]
    private static partial Regex ProtectedBegins();

    [GeneratedRegex(@"(?:^|(?<=[;\t\r\n]))'(?=['\s]*[=+\-@\t\r＝＋－＠])")]
    private static partial Regex Protections();
}
