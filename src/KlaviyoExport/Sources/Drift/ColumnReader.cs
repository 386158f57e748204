using KlaviyoExport.Sources.Servers;
using KlaviyoExport.Sources.Sqlite;

namespace KlaviyoExport.Sources.Drift;

/// <summary>
/// Reads which columns a source has now. Of a database it reads the catalog, and some rows only when a declared type changed or a column
/// may have been renamed. Of files it reads the first rows.
/// </summary>
internal sealed class ColumnReader(SourceLoader loader, ServerSessions servers)
{
    private const int Looked = 1_000;

    /// <summary>Returns the columns. A type that is not known is that of the last load.</summary>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    public async Task<IReadOnlyList<Field>> ReadAsync(Source source, CancellationToken cancellationToken) =>
        source.Kind switch
        {
            var kind when kind.IsServer() => await OfServerAsync(source, cancellationToken),
            SourceKind.Sqlite => await loader.WithSqliteAsync(source, (file, token) => OfSqlite(file, source, token), cancellationToken),
            // Other files are far away. Their columns are compared when they are loaded.
            SourceKind.Csv =>
            [
                .. (await loader.PreviewAsync(DraftOf(source), cancellationToken)).Fields.Select(seen => Judged(source, seen)),
            ],
            _ => source.Fields,
        };

    private async Task<IReadOnlyList<Field>> OfServerAsync(Source source, CancellationToken cancellationToken)
    {
        await using var session = await servers.OpenAsync(source, isGlance: true, cancellationToken);
        var table = await ServerTable.OpenAsync(session, source.Table, source.Query, cancellationToken);
        var known = Known(source);
        var unsure = table.Columns.Where(column => IsUnsure(source, known.GetValueOrDefault(column.Name), column, table)).ToList();
        var seen = unsure.Count == 0 ? [] : await SeenAsync(session, table, unsure, source, cancellationToken);
        var fields = unsure
            .Zip(seen, (column, field) => column.Family == ColumnFamily.Text ? Judged(source, field) : field)
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
        var isSame = relation.Columns.All(column => !IsChanged(known.GetValueOrDefault(column.Name), column));
        if (isSame && relation.Columns.Count == source.Fields.Count)
            return source.Fields;
        var (fields, _) = SqliteCatalogue.Profile(file.Connection, relation, FormatsOf(source), Looked, cancellationToken);
        return
        [
            .. relation.Columns.Zip(
                fields,
                (column, seen) => IsChanged(known.GetValueOrDefault(column.Name), column) ? Judged(source, seen) : known[column.Name]
            ),
        ];
    }

    /// <summary>In SQLite the values decide. What is declared is a hint that they may be others.</summary>
    private static bool IsChanged(Field? known, SqliteColumn column) =>
        known is null || (known.Declared is { } declared && declared != column.DeclaredType);

    /// <summary>Some values were seen at most. What they do not contradict is as it was.</summary>
    private static Field Judged(Source source, Field seen) =>
        source.Fields.Find(known => known.Name == seen.Name) is { } before && FieldFit.Fits(seen, before) ? before : seen;

    /// <summary>Values are read by the formats that were found at the last load, so that a few rows are not ambiguous.</summary>
    private static List<FormatChoice> FormatsOf(Source source) =>
        FormatChoice.Valid([
            .. source.Formats,
            .. source
                .Fields.Where(field => field.Format != FieldFormat.Standard)
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

    private static Dictionary<string, Field> Known(Source source) => source.Fields.ToDictionary(field => field.Name);

    private static Field Empty(string name, string declared) => new(name, FieldType.Text, 0, []) { Declared = declared };
}
