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
        var fields = Profile(file.Connection, source.Table!, source.Formats, limit: -1, cancellationToken).Fields;
        var malformed = new MalformedRows();
        var profiles = CountKeys(table, source.Table!, malformed);
        return profiles > 0
            ? new LoadedProfiles(fields, profiles, malformed)
            : throw new SourceException(
                malformed.Count == 0
                    ? new LocalizedMessage("Sources.HeaderOnly", source.Table)
                    : new LocalizedMessage("Sources.NoUsableRows", source.Table, malformed.Count, malformed.First[0].Reason)
            );
    }

    /// <summary>Returns a preview from the first rows. It has no fields without a table.</summary>
    public static SourcePreview Preview(SqliteConnection connection, string name, SourceDraft draft, CancellationToken cancellationToken)
    {
        var tables = SqliteSchema.Tables(connection);
        if (draft.Table is not { Length: > 0 } table)
            return new SourcePreview(tables, [], [], [], null);
        if (tables.All(known => known.Name != table))
            throw new SourceException(new LocalizedMessage("Sources.NoTable", name, table));
        var (fields, rows) = Profile(connection, table, draft.Formats, Looked, cancellationToken);
        return new SourcePreview(tables, fields, rows, [], LikelyKey.Among(fields, rows));
    }

    private static (IReadOnlyList<Field> Fields, IReadOnlyList<IReadOnlyList<string?>> Rows) Profile(
        SqliteConnection connection,
        string table,
        IReadOnlyList<FormatChoice> formats,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var columns = SqliteSchema.Columns(connection, table);
        var profilers = columns
            .Select(column => new FieldProfiler(column.Name, FormatChoice.About(column.Name, formats))
            {
                IsDeclaredYesNo = IsYesNo(column),
            })
            .ToArray();
        var shown = new List<IReadOnlyList<string?>>();
        using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT {string.Join(", ", columns.Select(column => SqlName.Column(column.Name)))} FROM {SqlName.Quote(table)} AS p LIMIT "
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
        return ([.. profilers.Select(profiler => profiler.ToField())], shown);
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
