using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>The table of an entity, and the parts of SQL that the providers share. All names are quoted.</summary>
internal sealed class BulkTable
{
    private BulkTable(string name, IReadOnlyList<BulkColumn> columns, BulkWork work) => (Name, Columns, Work) = (name, columns, work);

    /// <summary>The name, with its schema if it has one.</summary>
    public string Name { get; }

    /// <summary>The columns to write, with the key if it is known.</summary>
    public IReadOnlyList<BulkColumn> Columns { get; }

    public BulkWork Work { get; }

    /// <summary>The names of all columns, separated by commas.</summary>
    public string ColumnNames => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>The columns of existing rows that may change. Empty when existing rows stay as they are.</summary>
    public IEnumerable<BulkColumn> Merged => Columns.Where(column => !column.IsKey && column.Merge != BulkMerge.Keep);

    /// <summary>The end of an INSERT on SQLite and PostgreSQL. The INSERT calls the table <c>existing</c>.</summary>
    public string OnConflict =>
        $"ON CONFLICT ({string.Join(", ", Columns.Where(column => column.IsKey).Select(column => column.Name))}) DO "
        + (Merged.Any() ? $"UPDATE SET {Assignments("excluded")}" : "NOTHING");

    /// <summary>The condition that a row of <c>existing</c> is the same as a new row.</summary>
    /// <param name="source">The alias of the new rows.</param>
    public string Match(string source) => KeysEqual(column => $"{source}.{column.Name}");

    /// <summary>The condition that a row of <c>existing</c> has a key.</summary>
    /// <param name="value">The SQL of the value of a key column.</param>
    public string KeysEqual(Func<BulkColumn, string> value) =>
        string.Join(" AND ", Columns.Where(column => column.IsKey).Select(column => $"existing.{column.Name} = {value(column)}"));

    /// <summary>Reads the table of an entity from the model.</summary>
    /// <exception cref="ArgumentException"><paramref name="merge"/> names a key, or what is no property of the entity.</exception>
    /// <exception cref="NotSupportedException">The entity is not mapped to one table with one column for each property.</exception>
    public static BulkTable Of(
        AppDb db,
        Type entity,
        IReadOnlyDictionary<string, BulkMerge> merge,
        BulkWork work = BulkWork.Upsert,
        IReadOnlyCollection<string>? updated = null
    )
    {
        if (db.Model.FindEntityType(entity)?.GetTableMappings().ToList() is not [var mapping])
            throw new NotSupportedException($"{entity.Name} is not mapped to one table.");
        var sql = db.GetService<ISqlGenerationHelper>();
        var columns = mapping.ColumnMappings.Select(column => ColumnOf(column, sql, merge)).ToList();
        if (mapping.Table.Columns.Count() > columns.Count)
            throw new NotSupportedException($"{entity.Name} has properties of complex types, or shares its table.");
        foreach (var name in merge.Keys.Where(name => !columns.Exists(column => column.Property == name && !column.IsKey)))
            throw new ArgumentException($"{entity.Name} has no property {name}, or it is part of the key.", nameof(merge));
        return new BulkTable(sql.DelimitIdentifier(mapping.Table.Name, mapping.Table.Schema), columns.FindAll(IsWritten), work);

        bool IsWritten(BulkColumn column) =>
            work switch
            {
                BulkWork.Insert => !column.IsGenerated,
                BulkWork.Update => column.IsKey || updated!.Contains(column.Property),
                _ => true,
            };
    }

    /// <summary>The assignments of an UPDATE of the rows of <c>existing</c>.</summary>
    /// <param name="source">The alias of the new rows.</param>
    public string Assignments(string source) =>
        string.Join(
            ", ",
            Merged.Select(column =>
                column.Merge == BulkMerge.KeepUnlessNull
                    ? $"{column.Name} = COALESCE(existing.{column.Name}, {source}.{column.Name})"
                    : $"{column.Name} = {source}.{column.Name}"
            )
        );

    private static BulkColumn ColumnOf(IColumnMapping column, ISqlGenerationHelper sql, IReadOnlyDictionary<string, BulkMerge> merge)
    {
        var property = column.Property;
        if (property.IsShadowProperty())
            throw new NotSupportedException($"{property.DeclaringType.DisplayName()} has no property {property.Name}.");
        return new BulkColumn(
            property.Name,
            column.Column.Name,
            sql.DelimitIdentifier(column.Column.Name),
            property.IsPrimaryKey(),
            property.IsPrimaryKey() && property.ValueGenerated == ValueGenerated.OnAdd && property.ClrType != typeof(Guid),
            merge.GetValueOrDefault(property.Name),
            column.TypeMapping,
            property.GetGetter(),
            SameValue.Of(property.PropertyInfo ?? throw new NotSupportedException($"{property.Name} is a field."))
        );
    }
}

/// <summary>A column of a <see cref="BulkTable"/>.</summary>
/// <param name="Property">The name of the property.</param>
/// <param name="StoredName">The name of the column.</param>
/// <param name="Name">The quoted name of the column.</param>
/// <param name="IsKey">Whether it is part of the primary key.</param>
/// <param name="IsGenerated">Whether it is a key that the store generates.</param>
/// <param name="Merge">How to treat it in an existing row. A key is not changed.</param>
/// <param name="Mapping">The type in the store.</param>
/// <param name="Getter">Reads the property.</param>
/// <param name="IsSame">Whether two rows have the same value. False for bytes that are equal and not the same array.</param>
internal sealed record BulkColumn(
    string Property,
    string StoredName,
    string Name,
    bool IsKey,
    bool IsGenerated,
    BulkMerge Merge,
    RelationalTypeMapping Mapping,
    IClrPropertyGetter Getter,
    Func<object, object, bool> IsSame
)
{
    /// <summary>The type of <see cref="ValueOf"/>.</summary>
    public Type Type => Mapping.Converter?.ProviderClrType ?? Mapping.ClrType;

    /// <summary>The value to store: converted by the converter of the model, or null.</summary>
    public object? ValueOf(object row) =>
        Mapping.Converter is { } converter ? converter.ConvertToProvider(Getter.GetClrValue(row)) : Getter.GetClrValue(row);
}

/// <summary>What a bulk call does with its rows.</summary>
internal enum BulkWork
{
    /// <summary>Inserts the rows, and updates those that exist already.</summary>
    Upsert,

    /// <summary>Inserts the rows. None of them exists.</summary>
    Insert,

    /// <summary>Updates the rows that exist.</summary>
    Update,
}
