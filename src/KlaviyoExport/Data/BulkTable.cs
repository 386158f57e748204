using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>The table of an entity, and the parts of SQL that the providers share. All names are quoted.</summary>
internal sealed class BulkTable
{
    private BulkTable(string name, IReadOnlyList<BulkColumn> columns, bool isNew) => (Name, Columns, IsNew) = (name, columns, isNew);

    /// <summary>The name, with its schema if it has one.</summary>
    public string Name { get; }

    public IReadOnlyList<BulkColumn> Columns { get; }

    /// <summary>Whether no row of the call exists already.</summary>
    public bool IsNew { get; }

    /// <summary>The names of all columns, separated by commas.</summary>
    public string ColumnNames => string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>The columns of existing rows that may change. Empty when existing rows stay as they are.</summary>
    public IEnumerable<BulkColumn> Merged => Columns.Where(column => !column.IsKey && column.Merge != BulkMerge.Keep);

    /// <summary>The end of an INSERT on SQLite and PostgreSQL. The INSERT calls the table <c>existing</c>.</summary>
    public string OnConflict =>
        $"ON CONFLICT ({string.Join(", ", Columns.Where(column => column.IsKey).Select(column => column.Name))}) DO "
        + (Merged.Any() ? $"UPDATE SET {Assignments("excluded")}" : "NOTHING");

    /// <summary>Reads the table of an entity from the model.</summary>
    /// <exception cref="ArgumentException"><paramref name="merge"/> names a key, or what is no property of the entity.</exception>
    /// <exception cref="NotSupportedException">The entity is not mapped to one table with one column for each property.</exception>
    public static BulkTable Of(AppDb db, Type entity, IReadOnlyDictionary<string, BulkMerge> merge, bool isNew = false)
    {
        if (db.Model.FindEntityType(entity)?.GetTableMappings().ToList() is not [var mapping])
            throw new NotSupportedException($"{entity.Name} is not mapped to one table.");
        var sql = db.GetService<ISqlGenerationHelper>();
        var columns = mapping.ColumnMappings.Select(column => ColumnOf(column, sql, merge)).ToList();
        if (mapping.Table.Columns.Count() > columns.Count)
            throw new NotSupportedException($"{entity.Name} has properties of complex types, or shares its table.");
        foreach (var name in merge.Keys.Where(name => !columns.Exists(column => column.Property == name && !column.IsKey)))
            throw new ArgumentException($"{entity.Name} has no property {name}, or it is part of the key.", nameof(merge));
        return new BulkTable(sql.DelimitIdentifier(mapping.Table.Name, mapping.Table.Schema), columns, isNew);
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
            merge.GetValueOrDefault(property.Name),
            column.TypeMapping,
            property.GetGetter()
        );
    }
}

/// <summary>A column of a <see cref="BulkTable"/>.</summary>
/// <param name="Property">The name of the property.</param>
/// <param name="StoredName">The name of the column.</param>
/// <param name="Name">The quoted name of the column.</param>
/// <param name="IsKey">Whether it is part of the primary key.</param>
/// <param name="Merge">How to treat it in an existing row. A key is not changed.</param>
/// <param name="Mapping">The type in the store.</param>
/// <param name="Getter">Reads the property.</param>
internal sealed record BulkColumn(
    string Property,
    string StoredName,
    string Name,
    bool IsKey,
    BulkMerge Merge,
    RelationalTypeMapping Mapping,
    IClrPropertyGetter Getter
)
{
    /// <summary>The type of <see cref="ValueOf"/>.</summary>
    public Type Type => Mapping.Converter?.ProviderClrType ?? Mapping.ClrType;

    /// <summary>The value to store: converted by the converter of the model, or null.</summary>
    public object? ValueOf(object row) => Stored(Getter.GetClrValue(row));

    /// <summary>The value of a property as it is stored.</summary>
    public object? Stored(object? value) => Mapping.Converter is { } converter ? converter.ConvertToProvider(value) : value;
}
