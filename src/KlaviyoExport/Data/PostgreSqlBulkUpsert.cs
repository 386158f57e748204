using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace KlaviyoExport.Data;

/// <summary>
/// Bulk upserts into PostgreSQL: a binary COPY to a temporary table, and one INSERT from there. New rows are copied directly.
/// </summary>
internal static class PostgreSqlBulkUpsert
{
    /// <summary>Writes the rows in the current transaction. Its user needs the right to create temporary tables.</summary>
    public static async Task WriteAsync(
        PostgreSqlAppDb db,
        BulkTable table,
        IReadOnlyCollection<object> rows,
        CancellationToken cancellationToken
    )
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
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
        IReadOnlyCollection<object> rows,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY {target} ({table.ColumnNames}) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            foreach (var column in table.Columns)
            {
                // The commonest types first: looking a type up by its name takes longer than writing the value.
                await (
                    column.ValueOf(row) switch
                    {
                        null => copy.WriteNullAsync(cancellationToken),
                        byte[] bytes => copy.WriteAsync(bytes, NpgsqlDbType.Bytea, cancellationToken),
                        DateTimeOffset at => copy.WriteAsync(at, NpgsqlDbType.TimestampTz, cancellationToken),
                        int number => copy.WriteAsync(number, NpgsqlDbType.Integer, cancellationToken),
                        var value => copy.WriteAsync(value, column.Mapping.StoreTypeNameBase, cancellationToken),
                    }
                );
            }
        }
        await copy.CompleteAsync(cancellationToken);
    }
}
