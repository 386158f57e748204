using System.Text;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// Writes CSV that a person corrects and loads again: UTF-8 with a byte order mark, and values that a spreadsheet would run as a formula
/// behind an apostrophe, which the loader takes off.
/// </summary>
internal sealed class MendableCsv(Stream output) : IAsyncDisposable
{
    private readonly StreamWriter _writer = new(
        output,
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        bufferSize: 16 * 1024,
        leaveOpen: true
    );

    public Task WriteAsync(IEnumerable<string?> cells, CancellationToken cancellationToken) =>
        _writer.WriteAsync((string.Join(',', cells.Select(CsvCell.Reversible)) + "\r\n").AsMemory(), cancellationToken);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
