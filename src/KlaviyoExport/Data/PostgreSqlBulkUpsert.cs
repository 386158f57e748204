using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace KlaviyoExport.Data;

/// <summary>
/// Bulk upserts into PostgreSQL: a binary COPY to a temporary table, and one INSERT from there. New rows are copied directly.
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
        if (table.IsNew)
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
        $"CREATE TEMP TABLE {temporary} (LIKE {table.Name}) ON COMMIT DROP";

    /// <summary>Drops the temporary table too: a long transaction may make many calls.</summary>
    public static string MergeSql(BulkTable table, string temporary) =>
        $"INSERT INTO {table.Name} AS existing ({table.ColumnNames}) SELECT {table.ColumnNames} FROM {temporary} {table.OnConflict}; "
        + $"DROP TABLE {temporary}";

    private static async Task CopyAsync(
        NpgsqlConnection connection,
        BulkTable table,
        string target,
        IEnumerable<object> rows,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await PostgreSqlCopyWriter.StartAsync(connection, $"{target} ({table.ColumnNames})", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(table.Columns.Count, cancellationToken);
            foreach (var column in table.Columns)
                copy.Write(column.ValueOf(row));
        }
        await copy.CompleteAsync(cancellationToken);
    }
}
