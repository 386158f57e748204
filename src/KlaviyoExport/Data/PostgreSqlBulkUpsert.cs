using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace KlaviyoExport.Data;

/// <summary>Bulk upserts into PostgreSQL: a binary COPY to a temporary table, and one INSERT from there.</summary>
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
        var temporary = db.GetService<ISqlGenerationHelper>().DelimitIdentifier($"BulkUpsert_{Guid.NewGuid():N}");
        await db.Database.ExecuteSqlRawAsync(CreateSql(table, temporary), cancellationToken);
        await CopyAsync((NpgsqlConnection)db.Database.GetDbConnection(), table, temporary, rows, cancellationToken);
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
        string temporary,
        IReadOnlyCollection<object> rows,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY {temporary} ({table.ColumnNames}) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            foreach (var column in table.Columns)
            {
                if (column.ValueOf(row) is { } value)
                    await copy.WriteAsync(value, column.Mapping.StoreTypeNameBase, cancellationToken);
                else
                    await copy.WriteNullAsync(cancellationToken);
            }
        }
        await copy.CompleteAsync(cancellationToken);
    }
}
