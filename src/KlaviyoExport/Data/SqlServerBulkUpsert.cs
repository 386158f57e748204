using System.Data;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>Bulk upserts into SQL Server: a bulk copy to a temporary table, then one UPDATE and one INSERT from there. New rows
/// are copied directly.</summary>
internal static class SqlServerBulkUpsert
{
    /// <summary>Writes the rows in the current transaction.</summary>
    public static async Task WriteAsync(SqlServerAppDb db, BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken)
    {
        var isNew = table.Work == BulkWork.Insert;
        var temporary = isNew ? null : db.GetService<ISqlGenerationHelper>().DelimitIdentifier($"#BulkUpsert_{Guid.NewGuid():N}");
        if (temporary is not null)
            await db.Database.ExecuteSqlRawAsync(CreateSql(table, temporary), cancellationToken);
        // KeepIdentity: the temporary table inherits a generated key, and must not replace the keys of the rows. The keys of new rows are
        // generated, and their constraints are checked as for any other row.
        using var copy = new SqlBulkCopy(
            (SqlConnection)db.Database.GetDbConnection(),
            isNew ? SqlBulkCopyOptions.CheckConstraints : SqlBulkCopyOptions.KeepIdentity,
            (SqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction()
        )
        {
            DestinationTableName = temporary ?? table.Name,
        };
        // Without these, the order of the columns in the database would decide.
        foreach (var column in table.Columns)
            copy.ColumnMappings.Add(column.Property, column.StoredName);
        using var data = Data(table, rows, cancellationToken);
        await copy.WriteToServerAsync(data, cancellationToken);
        if (temporary is not null)
            await db.Database.ExecuteSqlRawAsync(MergeSql(table, temporary), cancellationToken);
    }

    public static string CreateSql(BulkTable table, string temporary) =>
        $"SELECT TOP 0 {table.ColumnNames} INTO {temporary} FROM {table.Name}";

    /// <summary>
    /// Drops the temporary table too: a long transaction may make many calls. HOLDLOCK keeps others from inserting the same keys between
    /// the UPDATE and the INSERT.
    /// </summary>
    public static string MergeSql(BulkTable table, string temporary)
    {
        var match = table.Match("added");
        var update = table.Merged.Any()
            ? $"UPDATE existing SET {table.Assignments("added")} FROM {table.Name} AS existing WITH (UPDLOCK, HOLDLOCK) "
                + $"INNER JOIN {temporary} AS added ON {match}; "
            : "";
        if (table.Work == BulkWork.Update)
            return $"{update}DROP TABLE {temporary};";
        return update
            + $"INSERT INTO {table.Name} ({table.ColumnNames}) SELECT {table.ColumnNames} FROM {temporary} AS added "
            + $"WHERE NOT EXISTS (SELECT 1 FROM {table.Name} AS existing WITH (UPDLOCK, HOLDLOCK) WHERE {match}); DROP TABLE {temporary};";
    }

    /// <summary>The rows, with the columns in the order of the table.</summary>
    public static DataTable Data(BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken)
    {
        var data = new DataTable();
        foreach (var column in table.Columns)
            data.Columns.Add(column.Property, Nullable.GetUnderlyingType(column.Type) ?? column.Type);
        data.BeginLoadData();
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            data.Rows.Add([.. table.Columns.Select(column => column.ValueOf(row) ?? DBNull.Value)]);
        }
        data.EndLoadData();
        return data;
    }
}
