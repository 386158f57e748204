using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KlaviyoExport.Delivery;

/// <summary>Writes rejections as CSV that a spreadsheet opens without running anything.</summary>
internal sealed partial class RejectionCsv(Stream output, bool withEmails) : IAsyncDisposable
{
    // Commas, quotes and line ends by the standard; semicolons and tabs for the spreadsheets that split at them.
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",;\r\n\t");

    private readonly StreamWriter _writer = new(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 16 * 1024, leaveOpen: true);
    private readonly CultureInfo _culture = CultureInfo.CurrentUICulture;

    public Task WriteHeadingsAsync(CancellationToken cancel) =>
        WriteAsync(Text("CsvProfile"), Text("CsvEmail"), Text("CsvReason"), Text("CsvCode"), Text("CsvDetail"), Text("CsvBatch"), cancel);

    public Task WriteAsync(RejectionRow row, CancellationToken cancel) => WriteAsync(
        row.ProfileKey, row.Email, Text($"Reason.{row.Reason}"), row.Code, row.Detail, row.BatchNumber?.ToString(CultureInfo.InvariantCulture), cancel);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    /// <summary>A cell as RFC 4180 writes it. An apostrophe before whatever would begin a formula makes it text, also where a spreadsheet takes semicolons for commas.</summary>
    internal static string Cell(string? value)
    {
        var safe = FormulaBegins().Replace(value ?? "", "'");
        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private async Task WriteAsync(string key, string? email, string reason, string? code, string? detail, string? batch, CancellationToken cancel)
    {
        string?[] cells = withEmails ? [key, email, reason, code, detail, batch] : [key, reason, code, detail, batch];
        await _writer.WriteAsync((string.Join(',', cells.Select(Cell)) + "\r\n").AsMemory(), cancel);
    }

    private string Text(string entry) => new Notice("Delivery." + entry).In(_culture);

    // At the start of a cell, and after what some spreadsheets split cells at. The wide forms are what East Asian keyboards type.
    [GeneratedRegex(@"(?:^|(?<=[;\t\r\n]))(?=\s*[=+\-@\t\r＝＋－＠])")]
    private static partial Regex FormulaBegins();
}
