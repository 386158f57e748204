using System.Globalization;
using System.Text;

namespace KlaviyoExport.Overview;

/// <summary>Writes rejections as CSV. Cells that a spreadsheet would run as a formula are written as plain text.</summary>
internal sealed class RejectionCsv(Stream output, bool withEmails) : IAsyncDisposable
{
    private readonly StreamWriter _writer = new(
        output,
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        bufferSize: 16 * 1024,
        leaveOpen: true
    );
    private readonly CultureInfo _culture = CultureInfo.CurrentUICulture;

    public Task WriteHeadingsAsync(CancellationToken cancellationToken) =>
        WriteAsync(
            Text("CsvProfile"),
            Text("CsvEmail"),
            Text("CsvReason"),
            Text("CsvCode"),
            Text("CsvDetail"),
            Text("CsvBatch"),
            cancellationToken
        );

    public Task WriteAsync(RejectionRow row, CancellationToken cancellationToken) =>
        WriteAsync(
            row.ProfileKey,
            row.Email,
            Text($"Reason.{row.Reason}"),
            row.AddressFault is null ? row.Code : null,
            row.DetailIn(_culture),
            row.BatchNumber?.ToString(CultureInfo.InvariantCulture),
            cancellationToken
        );

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private async Task WriteAsync(
        string key,
        string? email,
        string reason,
        string? code,
        string? detail,
        string? batch,
        CancellationToken cancellationToken
    )
    {
        string?[] cells = withEmails ? [key, email, reason, code, detail, batch] : [key, reason, code, detail, batch];
        await _writer.WriteAsync((string.Join(',', cells.Select(CsvCell.Of)) + "\r\n").AsMemory(), cancellationToken);
    }

    private string Text(string entry) => new LocalizedMessage("Delivery." + entry).In(_culture);
}
