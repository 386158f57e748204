using System.Text;
using KlaviyoExport.Sources.Csv;

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

    /// <summary>How a file is read that was written here, and perhaps saved again by a spreadsheet program.</summary>
    public static FileDialect Dialect { get; } = new() { HasEscape = false, LinesToSkip = 0 };

    /// <summary>Whether the header of a file is one that is written here.</summary>
    public static bool IsIn(Func<Stream> open)
    {
        var start = new byte[CsvSniffer.Looked];
        using var stream = open();
        var text = start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return text[..(end < 0 ? text.Length : end)].IndexOf(Encoding.UTF8.GetBytes(CsvCell.ReasonColumn)) >= 0;
    }

    public Task WriteAsync(IEnumerable<string?> cells, CancellationToken cancellationToken) =>
        _writer.WriteAsync((string.Join(',', cells.Select(CsvCell.Reversible)) + "\r\n").AsMemory(), cancellationToken);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
