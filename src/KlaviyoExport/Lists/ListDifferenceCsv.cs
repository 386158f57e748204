using System.Globalization;
using System.Text;

namespace KlaviyoExport.Lists;

/// <summary>Writes the differences of a list as CSV. Cells that a spreadsheet would run as a formula are written as plain text.</summary>
internal sealed class ListDifferenceCsv(Stream output) : IAsyncDisposable
{
    private readonly StreamWriter _writer = new(
        output,
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        bufferSize: 16 * 1024,
        leaveOpen: true
    );
    private readonly CultureInfo _culture = CultureInfo.CurrentUICulture;

    public Task WriteHeadingsAsync(CancellationToken cancellationToken) =>
        WriteAsync([Text("CsvDifference"), Text("CsvProfile"), Text("CsvEmail"), Text("CsvKlaviyoId")], cancellationToken);

    public Task WriteAsync(ListDifferenceRow row, CancellationToken cancellationToken) =>
        WriteAsync([Text($"Difference.{row.Kind}"), row.ProfileKey, row.Email, row.KlaviyoId], cancellationToken);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private Task WriteAsync(string?[] cells, CancellationToken cancellationToken) =>
        _writer.WriteAsync((string.Join(',', cells.Select(CsvCell.Of)) + "\r\n").AsMemory(), cancellationToken);

    private string Text(string entry) => new LocalizedMessage("Delivery." + entry).In(_culture);
}
