using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>Bulk upserts into a SQLite file: one prepared statement, executed for each row.</summary>
internal static class SqliteBulkUpsert
{
    /// <summary>Writes the rows in the current transaction. It runs to its end on the caller's thread, as SQLite does.</summary>
    public static void Write(SqliteAppDb db, BulkTable table, IReadOnlyCollection<object> rows, CancellationToken cancellationToken)
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
#pragma warning disable CA2100 // The statement consists of names of the model.
        command.CommandText = Sql(table);
#pragma warning restore CA2100
        var parameters = table.Columns.Select((column, index) => Add(command, column, index)).ToArray();
        command.Prepare();
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var index = 0; index < parameters.Length; index++)
                parameters[index].Value = table.Columns[index].ValueOf(row) ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
    }

    public static string Sql(BulkTable table) =>
        $"INSERT INTO {table.Name} AS existing ({table.ColumnNames}) "
        + $"VALUES ({string.Join(", ", table.Columns.Select((_, index) => ParameterName(index)))}) {table.OnConflict}";

    private static DbParameter Add(DbCommand command, BulkColumn column, int index)
    {
        var parameter = column.Mapping.CreateParameter(command, ParameterName(index), value: null, nullable: true);
        command.Parameters.Add(parameter);
        return parameter;
    }

    private static string ParameterName(int index) => FormattableString.Invariant($"@p{index}");
}
