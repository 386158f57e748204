using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>Reads and replaces the values of a <see cref="SecretColumn"/>, without reading the rest of the rows.</summary>
internal sealed class SecretTable(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    /// <summary>Reads all values, in the order of the keys of the table. The store may change meanwhile.</summary>
    public async IAsyncEnumerable<StoredSecret> ReadAsync(SecretColumn column, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var names = new Names(db, column);
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = Command(
            db,
            $"SELECT {string.Join(", ", names.Keys)}, {names.Value} FROM {names.Table} WHERE {names.Value} IS NOT NULL "
                + $"ORDER BY {string.Join(", ", names.Keys)}"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return new StoredSecret(
                [.. Enumerable.Range(0, names.Keys.Count).Select(reader.GetValue)],
                await reader.GetFieldValueAsync<byte[]>(names.Keys.Count, cancellationToken)
            );
    }

    /// <summary>Replaces values that nobody has changed since they were read, in one transaction.</summary>
    /// <returns>The number of replaced values.</returns>
    public async Task<int> ReplaceAsync(
        SecretColumn column,
        IReadOnlyList<(StoredSecret Old, byte[] New)> values,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var names = new Names(db, column);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await using var command = Command(db, names.Update);
        command.Transaction = transaction.GetDbTransaction();
        names.Lease?.AddNow(command, clock.GetUtcNow());
        var replaced = 0;
        foreach (var (old, next) in values)
        {
            while (command.Parameters.Count > (names.Lease is null ? 0 : 1))
                command.Parameters.RemoveAt(command.Parameters.Count - 1);
            Add(command, "@new", next);
            Add(command, "@old", old.Value);
            for (var key = 0; key < old.Key.Count; key++)
                Add(command, $"@key{key}", old.Key[key]);
            replaced += await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return replaced;
    }

    private static DbCommand Command(AppDb db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // All names come from the model and are quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    /// <summary>The quoted names of a column and its table.</summary>
    private sealed class Names
    {
        public Names(AppDb db, SecretColumn column)
        {
            var sql = db.GetService<ISqlGenerationHelper>();
            var entity = db.Model.FindEntityType(column.Entity)!;
            var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
            Table = sql.DelimitIdentifier(table.Name, table.Schema);
            Keys = [.. entity.FindPrimaryKey()!.Properties.Select(key => sql.DelimitIdentifier(key.GetColumnName(table)!))];
            Value = Column(column.Property);
            Update =
                $"UPDATE {Table} SET {Value} = @new WHERE {Value} = @old AND "
                + string.Join(" AND ", Keys.Select((key, index) => $"{key} = @key{index}"));
            if (column.LeasedUntil is not { } leased)
                return;
            Lease = new Lease(entity.FindProperty(leased)!.GetRelationalTypeMapping());
            Update += $" AND ({Column(leased)} IS NULL OR {Column(leased)} <= @now)";

            string Column(string property) => sql.DelimitIdentifier(entity.FindProperty(property)!.GetColumnName(table)!);
        }

        public string Table { get; }

        public IReadOnlyList<string> Keys { get; }

        public string Value { get; }

        public string Update { get; }

        public Lease? Lease { get; }
    }

    private sealed record Lease(RelationalTypeMapping Mapping)
    {
        public void AddNow(DbCommand command, DateTimeOffset now) =>
            command.Parameters.Add(Mapping.CreateParameter(command, "@now", now, nullable: false));
    }
}

/// <summary>An encrypted value in the store.</summary>
/// <param name="Key">The primary key of its row, as the database returns it.</param>
internal sealed record StoredSecret(IReadOnlyList<object> Key, byte[] Value);
