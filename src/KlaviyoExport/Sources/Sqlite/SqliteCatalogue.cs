using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>Determines the fields of a table or view in one pass, and counts its keys in another.</summary>
internal static class SqliteCatalogue
{
    private const int Looked = 1_000;
    private const int Shown = 10;

    /// <exception cref="SourceException">There is no such table or key column, or no row with a key.</exception>
    public static LoadedProfiles Load(SqliteFile file, Source source, CancellationToken cancellationToken)
    {
        var table = new ProfileTable(source, file);
        var fields = Profile(file.Connection, table.Relation, source.Formats, limit: -1, cancellationToken).Fields;
        var malformed = new MalformedRows();
        var profiles = CountKeys(table, source.Table ?? source.Name, malformed);
        return profiles > 0
            ? new LoadedProfiles(fields, profiles, malformed)
            : throw new SourceException(
                malformed.Count == 0
                    ? new LocalizedMessage("Sources.HeaderOnly", source.Table ?? source.Name)
                    : new LocalizedMessage("Sources.NoUsableRows", source.Table ?? source.Name, malformed.Count, malformed.First[0].Reason)
            );
    }

    /// <summary>Returns a preview from the first rows. It has no fields without a table or query.</summary>
    public static SourcePreview Preview(SqliteConnection connection, string name, SourceDraft draft, CancellationToken cancellationToken)
    {
        var tables = SqliteSchema.Tables(connection);
        if (draft.IsQuery ? string.IsNullOrWhiteSpace(draft.Query) : string.IsNullOrEmpty(draft.Table))
            return new SourcePreview(tables, [], [], [], []);
        var query = draft.IsQuery ? SourceQuery.Of(draft.Query, draft.Kind) : null;
        var relation = SqliteRelation.Of(connection, name, draft.Table, query);
        var (fields, rows) = Profile(connection, relation, draft.Formats, Looked, cancellationToken);
        return new SourcePreview(tables, fields, rows, [], LikelyKey.Among(fields, rows));
    }

    internal static (IReadOnlyList<Field> Fields, IReadOnlyList<IReadOnlyList<string?>> Rows) Profile(
        SqliteConnection connection,
        SqliteRelation relation,
        IReadOnlyList<FormatChoice> formats,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var columns = relation.Columns;
        var profilers = columns
            .Select(column => new FieldProfiler(column.Name, FormatChoice.About(column.Name, formats))
            {
                IsDeclaredYesNo = IsYesNo(column),
            })
            .ToArray();
        var shown = new List<IReadOnlyList<string?>>();
        using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT {string.Join(", ", columns.Select(column => SqlName.Column(column.Name)))} FROM {relation.From} LIMIT "
            + $"{limit.ToString(CultureInfo.InvariantCulture)}";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = new string?[profilers.Length];
            for (var i = 0; i < profilers.Length; i++)
            {
                var stored = raw.sqlite3_column_type(reader.Handle!, i);
                profilers[i].HasNativeNumbers = stored == raw.SQLITE_FLOAT;
                profilers[i].Add(row[i] = Text(reader, i, stored));
            }
            if (shown.Count < Shown)
                shown.Add(row);
        }
        return ([.. profilers.Zip(columns, (profiler, column) => profiler.ToField() with { Declared = column.DeclaredType })], shown);
    }

    /// <summary>Returns the value as <see cref="SqlName.TextOf"/> writes it.</summary>
    private static string? Text(SqliteDataReader reader, int column, int stored) =>
        stored switch
        {
            raw.SQLITE_NULL => null,
            raw.SQLITE_BLOB => Convert.ToHexString(reader.GetFieldValue<byte[]>(column)),
            _ => raw.sqlite3_column_text(reader.Handle!, column).utf8_to_string(),
        };

    private static long CountKeys(ProfileTable table, string name, MalformedRows malformed)
    {
        using var command = table.Connection.CreateCommand();
        command.CommandText = $"""
            SELECT count(*), count(*) FILTER (WHERE {table.HasKey}), count(DISTINCT CASE WHEN {table.HasKey} THEN {table.Key} END)
            FROM {table.From}
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        var (rows, withKey, keys) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        malformed.AddMany(rows - withKey, name, new LocalizedMessage("Sources.RowsNoKey", rows - withKey));
        malformed.AddMany(withKey - keys, name, new LocalizedMessage("Sources.RowsKeyRepeated", withKey - keys));
        return keys;
    }

    private static bool IsYesNo(SqliteColumn column) => column.DeclaredType.StartsWith("BOOL", StringComparison.OrdinalIgnoreCase);
}
