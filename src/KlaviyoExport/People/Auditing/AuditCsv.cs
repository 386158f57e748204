using System.Globalization;
using System.Text;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Writes audit entries as CSV. The headings and actions are the same in every language, for programs; details are in the language of the
/// reader. Cells that a spreadsheet would run as a formula are written as plain text.
/// </summary>
internal sealed class AuditCsv(Stream output) : IAsyncDisposable
{
    private readonly StreamWriter _writer = new(
        output,
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        bufferSize: 16 * 1024,
        leaveOpen: true
    );
    private readonly CultureInfo _culture = CultureInfo.CurrentUICulture;

    public Task WriteHeadingsAsync(CancellationToken cancellationToken) =>
        WriteAsync(["sequence", "time", "person", "person_id", "from", "action", "item", "item_id", "detail", "hash"], cancellationToken);

    public Task WriteAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        WriteAsync(
            [
                entry.Sequence?.ToString(CultureInfo.InvariantCulture),
                entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                entry.ActorName,
                entry.ActorId,
                entry.From,
                entry.Action,
                entry.Subject,
                entry.SubjectId?.ToString(CultureInfo.InvariantCulture),
                entry.Detail?.In(_culture),
                entry.Hash is { } hash ? Convert.ToHexStringLower(hash) : null,
            ],
            cancellationToken
        );

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private Task WriteAsync(IEnumerable<string?> cells, CancellationToken cancellationToken) =>
        _writer.WriteAsync((string.Join(',', cells.Select(CsvCell.Of)) + "\r\n").AsMemory(), cancellationToken);
}
