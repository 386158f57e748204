using KlaviyoExport.Sources.Csv;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Sources;

/// <summary>Tells when the data of a source last changed. Each kind of source says here how it knows.</summary>
internal sealed class DataTimes(SourcePaths paths, ServerSessions servers)
{
    /// <summary>Whether a run reads the source itself, and not the result of its last load.</summary>
    public static bool AreRead(Source source) => !source.Kind.IsFiles();

    /// <param name="source">The source, with the fields of its last load.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>
    /// The time of the newest local file; for a database server, the latest value of the column that was chosen. Null when no column was chosen or
    /// it has no values, and for files in stores: their load says it.
    /// </returns>
    /// <exception cref="SourceException">The source cannot be read, or has no such column with dates.</exception>
    public async Task<DateTimeOffset?> ReadAsync(Source source, CancellationToken cancellationToken) =>
        source.Kind switch
        {
            SourceKind.Csv => Newest(CsvFiles.Of(source.Location, paths)),
            SourceKind.Sqlite => paths.Resolve(source.Location) is var file ? Newest([file, file + "-wal"]) : null,
            _ when source.Kind.IsServer() && source.ChangedAtColumn is { } column => await LatestAsync(source, column, cancellationToken),
            _ => null,
        };

    private static DateTimeOffset? Newest(IEnumerable<string> files) =>
        files.Where(File.Exists).Select(file => (DateTimeOffset?)new DateTimeOffset(File.GetLastWriteTimeUtc(file))).Max();

    private async Task<DateTimeOffset?> LatestAsync(Source source, string name, CancellationToken cancellationToken)
    {
        await using var session = await servers.OpenAsync(source, isGlance: false, cancellationToken);
        var table = await ServerTable.OpenAsync(session, source.Table, source.Query, cancellationToken);
        var column = table.Find(name) ?? throw new SourceException(new LocalizedMessage("Sources.NoChangedAtColumn", source.Name, name));
        if (source.Fields.Find(field => field.Name == name) is not { Type: FieldType.Date or FieldType.Moment } field)
            return IsEmpty(source, name)
                ? null
                : throw new SourceException(new LocalizedMessage("Sources.ChangedAtNotDates", source.Name, name));
        DateTimeOffset? latest = null;
        await foreach (var row in session.ReadAsync(Statement(table, column), [], cancellationToken))
        {
            if (row[0] is { } text && field.Format.TryMoment(text, out var moment) && !(moment <= latest))
                latest = moment;
        }
        return latest;
    }

    private static bool IsEmpty(Source source, string name) => source.Fields.Exists(field => field.Name == name && field.FillRate == 0);

    /// <summary>The server finds the latest value of a declared type. Of texts it does not know the order.</summary>
    private static string Statement(ServerTable table, ServerColumn column)
    {
        var (value, name) = (table.Dialect.ValueOf(column), $"p.{table.Dialect.Quote(column.Name)}");
        // A driver reads the value itself, and its database may not know how to select the first row.
        if (!table.Dialect.SortsKeys && !column.IsText)
            return $"SELECT MAX({name}) FROM {table.From}";
        var from = $"{table.From} WHERE {name} IS NOT NULL";
        return column.IsText ? $"SELECT DISTINCT {value} FROM {from}" : table.Dialect.First(value, $"{from} ORDER BY {name} DESC", 1);
    }
}
