using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>Something that rows can be read from: a table, a view or a query.</summary>
/// <param name="From">The text after FROM. It has alias p.</param>
/// <param name="Columns">The columns in order.</param>
internal sealed record SqliteRelation(string From, IReadOnlyList<SqliteColumn> Columns)
{
    /// <param name="connection">A connection that may only read.</param>
    /// <param name="name">The name of the source in error messages.</param>
    /// <param name="table">The table or view. Used when there is no query.</param>
    /// <param name="query">The query of the source. Null when there is none.</param>
    /// <exception cref="SourceException">There is no such table, or the query is wrong.</exception>
    public static SqliteRelation Of(SqliteConnection connection, string name, string? table, string? query)
    {
        if (query is not null)
            return new SqliteRelation(SourceQuery.AsTable(query), Describe(connection, query));
        var columns = SqliteSchema.Columns(connection, table ?? "");
        return columns.Count > 0
            ? new SqliteRelation($"{SqlName.Quote(table!)} AS p", columns)
            : throw new SourceException(new LocalizedMessage("Sources.NoTable", name, table));
    }

    /// <summary>Compiles the query without executing it. In parentheses SQLite would rename columns with equal names.</summary>
    private static List<SqliteColumn> Describe(SqliteConnection connection, string query)
    {
        var code = raw.sqlite3_prepare_v2(connection.Handle!, query, out var statement, out var rest);
        using (statement)
        {
            if (code == raw.SQLITE_AUTH)
                throw new SourceException(new LocalizedMessage("Sources.QueryNotAllowed"));
            if (code == raw.SQLITE_ERROR)
                throw new SourceException(SourceQuery.Wrong(query, raw.sqlite3_errmsg(connection.Handle!).utf8_to_string(), null));
            SqliteException.ThrowExceptionForRC(code, connection.Handle!);
            if (!string.IsNullOrWhiteSpace(rest))
                throw new SourceException(new LocalizedMessage("Sources.QueryManyStatements"));
            if (raw.sqlite3_stmt_readonly(statement) == 0)
                throw new SourceException(new LocalizedMessage("Sources.QueryNotAllowed"));
            var columns = Enumerable
                .Range(0, raw.sqlite3_column_count(statement))
                .Select(i => new SqliteColumn(
                    raw.sqlite3_column_name(statement, i).utf8_to_string(),
                    raw.sqlite3_column_decltype(statement, i).utf8_to_string() ?? ""
                ))
                .ToList();
            SourceQuery.DemandNames(columns.Select(column => column.Name), StringComparer.OrdinalIgnoreCase);
            return columns;
        }
    }
}
