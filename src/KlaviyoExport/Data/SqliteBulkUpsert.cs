using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace KlaviyoExport.Data;

/// <summary>
/// Bulk upserts into a SQLite file: one prepared statement, executed for each row. It calls SQLite directly and binds only the values that
/// differ from those of the row before. A command of ADO.NET binds all of them for each row, which takes longer than SQLite's own work.
/// </summary>
internal static class SqliteBulkUpsert
{
    // 8 MB: rows are written in the order of their key, but existing ones may be anywhere.
    private const string MorePages = "PRAGMA cache_size = -8192";

    /// <summary>Writes the rows in the current transaction. It runs to its end on the caller's thread, as SQLite does.</summary>
    /// <exception cref="SqliteException">The store failed, or a constraint refused a row.</exception>
    /// <exception cref="NotSupportedException">A column has a type that SQLite does not store.</exception>
    public static void Write(SqliteAppDb db, BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken)
    {
        var handle = ((SqliteConnection)db.Database.GetDbConnection()).Handle!;
        Check(raw.sqlite3_exec(handle, MorePages), handle);
        Check(raw.sqlite3_prepare_v2(handle, Sql(table), out var statement), handle);
        using (statement)
        {
            BulkColumn[] columns = [.. table.Columns];
            object? before = null;
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var index = 0; index < columns.Length; index++)
                    if (before is null || !columns[index].IsSame(row, before))
                        Check(Bind(statement, index + 1, columns[index].ValueOf(row)), handle);
                before = row;
                var result = raw.sqlite3_step(statement);
                if (result != raw.SQLITE_DONE)
                    Check(result, handle);
                raw.sqlite3_reset(statement);
            }
        }
    }

    /// <summary>The statement for one row. Its parameters have the order of the columns.</summary>
    public static string Sql(BulkTable table) =>
        table.Work switch
        {
            BulkWork.Insert => InsertSql(table),
            BulkWork.Update => UpdateSql(table),
            _ => $"{InsertSql(table)} {table.OnConflict}",
        };

    private static string InsertSql(BulkTable table) =>
        $"INSERT INTO {table.Name} AS existing ({table.ColumnNames}) "
        + $"VALUES ({string.Join(", ", Enumerable.Repeat("?", table.Columns.Count))})";

    private static string UpdateSql(BulkTable table)
    {
        var parameters = table
            .Columns.Select((column, index) => (column, index))
            .ToDictionary(pair => pair.column, pair => $"?{pair.index + 1}");
        var assignments = string.Join(", ", table.Merged.Select(column => $"{column.Name} = {parameters[column]}"));
        return $"UPDATE {table.Name} AS existing SET {assignments} WHERE {table.KeysEqual(column => parameters[column])}";
    }

    private static int Bind(sqlite3_stmt statement, int index, object? value) =>
        value switch
        {
            null => raw.sqlite3_bind_null(statement, index),
            byte[] bytes => raw.sqlite3_bind_blob(statement, index, bytes),
            string text => raw.sqlite3_bind_text(statement, index, text),
            // As Microsoft.Data.Sqlite stores it.
            Guid id => raw.sqlite3_bind_text(statement, index, id.ToString().ToUpperInvariant()),
            bool truth => raw.sqlite3_bind_int(statement, index, truth ? 1 : 0),
            byte or short or int or long => raw.sqlite3_bind_int64(
                statement,
                index,
                Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)
            ),
            double number => raw.sqlite3_bind_double(statement, index, number),
            _ => throw new NotSupportedException($"SQLite does not store a {value.GetType().Name}."),
        };

    private static void Check(int result, sqlite3 handle)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, handle);
    }
}
