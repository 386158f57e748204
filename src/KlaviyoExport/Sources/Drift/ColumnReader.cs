using KlaviyoExport.Sources.Servers;
using KlaviyoExport.Sources.Sqlite;

namespace KlaviyoExport.Sources.Drift;

/// <summary>
/// Reads which columns a source has now. Of a database it reads the catalog, and some rows only when a declared type changed or a column
/// may have been renamed. Of files it reads the first rows; of files in a store only when they have changed since the last look.
/// </summary>
internal sealed class ColumnReader(SourceLoader loader, ServerSessions servers)
{
    private const int Looked = 1_000;

    /// <summary>
    /// Returns the columns. A type that is not known is that of the last load. Null for files in a store that are those of the last look,
    /// and for a large one of which no part can be read by itself. <see cref="Source.RemoteLoad"/> keeps which files were seen.
    /// </summary>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    public async Task<IReadOnlyList<Field>?> ReadAsync(Source source, CancellationToken cancellationToken) =>
        source.Kind switch
        {
            var kind when kind.IsServer() => await OfServerAsync(source, cancellationToken),
            var kind when kind.IsRemoteFiles() => await OfStoreAsync(source, cancellationToken),
            SourceKind.Sqlite => await loader.WithSqliteAsync(source, (file, token) => OfSqlite(file, source, token), cancellationToken),
            _ => OfFiles(source, (await loader.PreviewAsync(DraftOf(source), source.KeptFields, cancellationToken)).Fields),
        };

    private async Task<IReadOnlyList<Field>?> OfStoreAsync(Source source, CancellationToken cancellationToken)
    {
        var (fields, seen) = await loader.LookAsync(source, FormatsOf(source), cancellationToken);
        if (source.RemoteLoad is { } load && load.Seen != seen)
            source.RemoteLoad = load with { Seen = seen };
        return fields is null ? null : OfFiles(source, fields);
    }

    private async Task<IReadOnlyList<Field>> OfServerAsync(Source source, CancellationToken cancellationToken)
    {
        await using var session = await servers.OpenAsync(source, isGlance: true, cancellationToken);
        var table = await ServerTable.OpenAsync(session, source.Table, source.Query, cancellationToken);
        var known = Known(source);
        var unsure = table.Columns.Where(column => IsUnsure(source, known.GetValueOrDefault(column.Name), column, table)).ToList();
        var seen = unsure.Count == 0 ? [] : await SeenAsync(session, table, unsure, source, cancellationToken);
        var fields = unsure
            .Zip(seen, (column, field) => column.Family == ColumnFamily.Text ? Judged(known, field) : field)
            .ToDictionary(field => field.Name);
        return
        [
            .. table.Columns.Select(column =>
                fields.GetValueOrDefault(column.Name) ?? known.GetValueOrDefault(column.Name) ?? Empty(column.Name, column.Type)
            ),
        ];
    }

    /// <summary>Whether the values must be seen to know the type, or to recognize a renamed column.</summary>
    private static bool IsUnsure(Source source, Field? known, ServerColumn column, ServerTable table) =>
        known is null
            ? source.Fields.Exists(field => table.Find(field.Name) is null)
            : known.Declared is { } declared && declared != column.Type && table.Dialect.FamilyOf(declared) != column.Family;

    private static Task<IReadOnlyList<Field>> SeenAsync(
        ServerSession session,
        ServerTable table,
        List<ServerColumn> columns,
        Source source,
        CancellationToken cancellationToken
    )
    {
        var some = new ServerTable(session, table.From, columns);
        var statement = session.Dialect.First(string.Join(", ", columns.Select(session.Dialect.ValueOf)), table.From, Looked);
        return ServerCatalogue.ProfileAsync(some, FormatsOf(source), statement, [], Looked, cancellationToken);
    }

    private static List<Field> OfSqlite(SqliteFile file, Source source, CancellationToken cancellationToken)
    {
        var relation = SqliteRelation.Of(file.Connection, source.Name, source.Table, source.Query);
        var known = Known(source);
        if (relation.Columns.All(column => !IsChanged(known.GetValueOrDefault(column.Name), column)))
            return [.. relation.Columns.Select(column => known[column.Name])];
        var (fields, _) = SqliteCatalogue.Profile(file.Connection, relation, FormatsOf(source), Looked, cancellationToken);
        return
        [
            .. relation.Columns.Zip(
                fields,
                (column, seen) => IsChanged(known.GetValueOrDefault(column.Name), column) ? Judged(known, seen) : known[column.Name]
            ),
        ];
    }

    /// <summary>In SQLite the values decide. What is declared is a hint that they may be others.</summary>
    private static bool IsChanged(Field? known, SqliteColumn column) =>
        known is null || (known.Declared is { } declared && declared != column.DeclaredType);

    /// <summary>Some values were seen at most. What they do not contradict is as it was.</summary>
    private static Field Judged(Dictionary<string, Field> known, Field seen) =>
        known.TryGetValue(seen.Name, out var before) && FieldFit.Fits(seen, before) ? before : seen;

    private static List<Field> OfFiles(Source source, IReadOnlyList<Field> seen)
    {
        var known = Known(source);
        return [.. seen.Select(field => Judged(known, field))];
    }

    /// <summary>Values are read by the formats that were found at the last load, so that a few rows are not ambiguous.</summary>
    private static List<FormatChoice> FormatsOf(Source source) =>
        FormatChoice.Valid([
            .. source.Formats,
            .. Known(source)
                .Values.Where(field => field.Format != FieldFormat.Standard)
                .Select(field => new FormatChoice(field.Name)
                {
                    Days = field.Format.Days == DayOrder.Unknown ? null : field.Format.Days,
                    Mark = field.Format.Mark == DecimalMark.Point ? null : field.Format.Mark,
                }),
        ]);

    private static SourceDraft DraftOf(Source source)
    {
        var draft = SourceDraft.Of(source);
        draft.Formats = FormatsOf(source);
        return draft;
    }

    private static Dictionary<string, Field> Known(Source source) =>
        source.Fields.Concat(source.LostFields()).ToDictionary(field => field.Name);

    private static Field Empty(string name, string declared) => new(name, FieldType.Text, 0, []) { Declared = declared };
}
