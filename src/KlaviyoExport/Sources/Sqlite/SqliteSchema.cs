using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>A column as declared in the database. The type is empty when none is declared.</summary>
internal sealed record SqliteColumn(string Name, string DeclaredType)
{
    /// <summary>
    /// Whether a number is stored in one notation only, because the type converts it: to text, or to an integer when it is whole. The rules
    /// are those of SQLite for the affinity of a column.
    /// </summary>
    public bool HasOneNotation => Names("INT") || Names("CHAR") || Names("CLOB") || Names("TEXT");

    private bool Names(string part) => DeclaredType.Contains(part, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Reads the schema of a database. All names in SQL come from here.</summary>
internal static class SqliteSchema
{
    /// <summary>Returns the tables and views, ordered by name, without SQLite's own.</summary>
    public static IReadOnlyList<SourceTable> Tables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT name, type = 'view' FROM pragma_table_list
            WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
            ORDER BY name COLLATE NOCASE, name
            """;
        using var reader = command.ExecuteReader();
        var tables = new List<SourceTable>();
        while (reader.Read())
            tables.Add(new SourceTable(reader.GetString(0), reader.GetBoolean(1)));
        return tables;
    }

    /// <summary>
    /// Returns the columns in order, including generated ones. Empty when there is no table or view with exactly this name.
    /// </summary>
    public static IReadOnlyList<SqliteColumn> Columns(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT c.name, c.type FROM pragma_table_list AS t, pragma_table_xinfo(t.name) AS c
            WHERE t.schema = 'main' AND t.name = @table AND c.hidden <> 1 ORDER BY c.cid
            """;
        command.Parameters.AddWithValue("@table", table);
        using var reader = command.ExecuteReader();
        var columns = new List<SqliteColumn>();
        while (reader.Read())
            columns.Add(new SqliteColumn(reader.GetString(0), reader.IsDBNull(1) ? "" : reader.GetString(1)));
        return columns;
    }
}
