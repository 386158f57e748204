using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>
/// A table that is copied from one provider to another. Values pass through the types of the model, because each provider stores some of
/// them differently.
/// </summary>
internal sealed class CopyTable
{
    private readonly ITable _from;
    private readonly ITable _to;
    private readonly IReadOnlyList<(IColumn From, IColumn To)> _columns;

    private CopyTable(ITable from, ITable to)
    {
        (_from, _to) = (from, to);
        _columns =
        [
            .. from
                .Columns.Where(column => column.PropertyMappings.Any())
                .Select(column =>
                    (
                        column,
                        to.FindColumn(column.Name)
                            ?? throw new InvalidOperationException($"{from.Name}.{column.Name} is not in the model of the target.")
                    )
                ),
        ];
    }

    public string Name => _from.Name;

    private IColumn? Identity =>
        _to.PrimaryKey is { Columns: [var key] }
        && key.PropertyMappings.Any(mapping => mapping.Property.ValueGenerated == ValueGenerated.OnAdd)
        && key.PropertyMappings[0].Property.ClrType is var type
        && (type == typeof(int) || type == typeof(long))
            ? key
            : null;

    /// <summary>Returns all tables, each after those that it refers to.</summary>
    public static IReadOnlyList<CopyTable> All(AppDb source, AppDb target)
    {
        var (from, to) = (source.Model.GetRelationalModel(), target.Model.GetRelationalModel());
        var ordered = new List<ITable>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in from.Tables.OrderBy(table => table.Name, StringComparer.Ordinal))
            Visit(table);
        return ordered.ConvertAll(table => new CopyTable(table, to.FindTable(table.Name, table.Schema)!));

        void Visit(ITable table)
        {
            if (!seen.Add(table.Name))
                return;
            foreach (var referred in table.ForeignKeyConstraints.Select(key => key.PrincipalTable))
                Visit(referred);
            ordered.Add(table);
        }
    }

    public async Task<long> CountAsync(AppDb db, CancellationToken cancellationToken)
    {
        await using var command = Command(db, $"SELECT COUNT(*) FROM {Quoted(db, _to)}");
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>Copies all rows, in the order of the key, and sets the next generated key.</summary>
    /// <returns>The checksum of the rows that were read.</returns>
    public async Task<TableChecksum> CopyAsync(AppDb source, AppDb target, CancellationToken cancellationToken)
    {
        var insertsKeys = Identity is not null && target is SqlServerAppDb;
        if (insertsKeys)
            await InsertKeysAsync(target, "ON", cancellationToken);
        var checksum = new TableChecksum();
        await using var insert = Insert(target);
        await foreach (var row in ReadAsync(source, column => column.From, cancellationToken))
        {
            checksum.Add(row);
            insert.Parameters.Clear();
            for (var at = 0; at < row.Length; at++)
                insert.Parameters.Add(MappingOf(_columns[at].To).CreateParameter(insert, $"@p{at}", row[at], _columns[at].To.IsNullable));
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
        if (insertsKeys)
            await InsertKeysAsync(target, "OFF", cancellationToken);
        if (Identity is { } key && target is PostgreSqlAppDb)
            await SetSequenceAsync(target, key, cancellationToken);
        return checksum;
    }

    /// <summary>Reads the rows of the target.</summary>
    public async Task<TableChecksum> ChecksumAsync(AppDb target, CancellationToken cancellationToken)
    {
        var checksum = new TableChecksum();
        await foreach (var row in ReadAsync(target, column => column.To, cancellationToken))
            checksum.Add(row);
        return checksum;
    }

    private async IAsyncEnumerable<object?[]> ReadAsync(
        AppDb db,
        Func<(IColumn From, IColumn To), IColumn> side,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var columns = _columns.Select(side).ToList();
        var table = (ITable)columns[0].Table;
        var keys = table.PrimaryKey!.Columns.Select(column => Quoted(db, column.Name));
        await using var command = Command(
            db,
            $"SELECT {string.Join(", ", columns.Select(column => Quoted(db, column.Name)))} FROM {Quoted(db, table)} "
                + $"ORDER BY {string.Join(", ", keys)}"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var read = columns.ConvertAll(ReaderOf);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new object?[columns.Count];
            for (var at = 0; at < row.Length; at++)
                row[at] = reader.IsDBNull(at) ? null : read[at](reader, at);
            yield return row;
        }
    }

    /// <summary>Returns how a value of a column is read and brought to the type of the model.</summary>
    private static Func<DbDataReader, int, object?> ReaderOf(IColumn column)
    {
        var mapping = MappingOf(column);
        var type = mapping.Converter?.ProviderClrType ?? mapping.ClrType;
        var get = typeof(DbDataReader)
            .GetMethod(nameof(DbDataReader.GetFieldValue))!
            .MakeGenericMethod(Nullable.GetUnderlyingType(type) ?? type);
        return (reader, at) =>
        {
            var value = get.Invoke(reader, [at]);
            return mapping.Converter is { } converter ? converter.ConvertFromProvider(value) : value;
        };
    }

    private DbCommand Insert(AppDb db) =>
        Command(
            db,
            $"INSERT INTO {Quoted(db, _to)} ({string.Join(", ", _columns.Select(column => Quoted(db, column.To.Name)))}) "
                + $"VALUES ({string.Join(", ", Enumerable.Range(0, _columns.Count).Select(at => $"@p{at}"))})"
        );

    private async Task InsertKeysAsync(AppDb db, string set, CancellationToken cancellationToken)
    {
        await using var command = Command(db, $"SET IDENTITY_INSERT {Quoted(db, _to)} {set}");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task SetSequenceAsync(AppDb db, IColumn key, CancellationToken cancellationToken)
    {
        var (table, column) = (Quoted(db, _to), Quoted(db, key.Name));
        await using var command = Command(
            db,
            $"SELECT setval(pg_get_serial_sequence('{table}', '{key.Name}'), COALESCE(MAX({column}), 0) + 1, false) FROM {table}"
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static RelationalTypeMapping MappingOf(IColumn column) => column.PropertyMappings[0].TypeMapping;

    private static string Quoted(AppDb db, ITable table) =>
        db.GetService<ISqlGenerationHelper>().DelimitIdentifier(table.Name, table.Schema);

    private static string Quoted(AppDb db, string name) => db.GetService<ISqlGenerationHelper>().DelimitIdentifier(name);

    private static DbCommand Command(AppDb db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // All names come from the model and are quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        return command;
    }
}
