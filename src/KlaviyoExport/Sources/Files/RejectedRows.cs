using System.Globalization;
using System.Text.Json;

namespace KlaviyoExport.Sources.Files;

/// <summary>A row that was not loaded.</summary>
/// <param name="Values">The values in the order of the file.</param>
internal sealed record RejectedRow(string File, long Line, LocalizedMessage Reason, IReadOnlyList<string> Values);

/// <summary>
/// The file with the rows of a load that were left out: the column names, then a row in each line, as JSON. It is stored beside the
/// staging file and deleted with it. It is not created when there is no such row.
/// </summary>
internal sealed class RejectedRows(string path) : IDisposable
{
    private StreamWriter? _writer;

    /// <summary>The names of the columns in the order of the file.</summary>
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Returns the path of the file that belongs to a staging file.</summary>
    public static string PathOf(string staging) => staging + ".rejected";

    public void Add(RejectedRow row)
    {
        if (_writer is null)
        {
            _writer = new StreamWriter(path, append: false);
            _writer.WriteLine(JsonSerializer.Serialize(Columns, JsonSerializerOptions.Default));
        }
        _writer.WriteLine(JsonSerializer.Serialize(row, JsonSerializerOptions.Default));
    }

    public void Dispose() => _writer?.Dispose();

    /// <summary>Writes the rows as CSV with the columns of the source after the reason, so that they can be mended and loaded.</summary>
    public static async Task WriteCsvAsync(string path, Stream output, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(path);
        await using var csv = new MendableCsv(output);
        var columns = JsonSerializer.Deserialize<List<string>>(await lines.ReadLineAsync(cancellationToken) ?? "[]") ?? [];
        await csv.WriteAsync([CsvCell.ReasonColumn, CsvCell.FileColumn, CsvCell.LineColumn, .. columns], cancellationToken);
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            var row = JsonSerializer.Deserialize<RejectedRow>(line, JsonSerializerOptions.Default)!;
            await csv.WriteAsync(
                [row.Reason.ForReader(), row.File, row.Line.ToString(CultureInfo.InvariantCulture), .. row.Values],
                cancellationToken
            );
        }
    }
}
