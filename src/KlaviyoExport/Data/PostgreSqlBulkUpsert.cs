using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace KlaviyoExport.Data;

/// <summary>
/// Bulk upserts into PostgreSQL: a binary COPY to a temporary table, and one INSERT or UPDATE from there. New rows are copied directly.
/// </summary>
internal static class PostgreSqlBulkUpsert
{
    /// <summary>Writes the rows in the current transaction. Its user needs the right to create temporary tables.</summary>
    public static async Task WriteAsync(PostgreSqlAppDb db, BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        try
        {
            await WriteAsync(db, connection, table, rows, cancellationToken);
        }
        catch (NpgsqlException fault) when (cancellationToken.IsCancellationRequested)
        {
            // Npgsql reports a write that was canceled as one that failed.
            throw new OperationCanceledException(fault.Message, fault, cancellationToken);
        }
    }

    private static async Task WriteAsync(
        PostgreSqlAppDb db,
        NpgsqlConnection connection,
        BulkTable table,
        IEnumerable<object> rows,
        CancellationToken cancellationToken
    )
    {
        if (table.Work == BulkWork.Insert)
        {
            await CopyAsync(connection, table, table.Name, rows, cancellationToken);
            return;
        }
        var temporary = db.GetService<ISqlGenerationHelper>().DelimitIdentifier($"BulkUpsert_{Guid.NewGuid():N}");
        await db.Database.ExecuteSqlRawAsync(CreateSql(table, temporary), cancellationToken);
        await CopyAsync(connection, table, temporary, rows, cancellationToken);
        await db.Database.ExecuteSqlRawAsync(MergeSql(table, temporary), cancellationToken);
    }

    public static string CreateSql(BulkTable table, string temporary) =>
        $"CREATE TEMP TABLE {temporary} ON COMMIT DROP AS SELECT {table.ColumnNames} FROM {table.Name} WITH NO DATA";

    /// <summary>Drops the temporary table too: a long transaction may make many calls.</summary>
    public static string MergeSql(BulkTable table, string temporary) =>
        $"{(table.Work == BulkWork.Update ? UpdateSql(table, temporary) : UpsertSql(table, temporary))}; DROP TABLE {temporary}";

    private static string UpsertSql(BulkTable table, string temporary) =>
        $"INSERT INTO {table.Name} AS existing ({table.ColumnNames}) SELECT {table.ColumnNames} FROM {temporary} {table.OnConflict}";

    private static string UpdateSql(BulkTable table, string temporary) =>
        $"UPDATE {table.Name} AS existing SET {table.Assignments("added")} FROM {temporary} AS added WHERE {table.Match("added")}";

    private static async Task CopyAsync(
        NpgsqlConnection connection,
        BulkTable table,
        string target,
        IEnumerable<object> rows,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await PostgreSqlCopyWriter.StartAsync(connection, $"{target} ({table.ColumnNames})", cancellationToken);
        BulkColumn[] columns = [.. table.Columns];
        var values = new object?[columns.Length];
        object? before = null;
        foreach (var row in rows)
        {
            await copy.StartRowAsync(columns.Length, cancellationToken);
            for (var index = 0; index < columns.Length; index++)
            {
                if (before is null || !columns[index].IsSame(row, before))
                    values[index] = columns[index].ValueOf(row);
                copy.Write(values[index]);
            }
            before = row;
        }
        await copy.CompleteAsync(cancellationToken);
    }
}
