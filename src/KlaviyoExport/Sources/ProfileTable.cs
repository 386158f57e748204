using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Sources;

/// <summary>The profiles of a source, opened for one read: the staging file of a CSV, or the user's database.</summary>
internal sealed class ProfileTable : IDisposable
{
    private readonly Source _source;
    private readonly HashSet<string> _columns;

    public ProfileTable(Source source, SqliteFile file)
    {
        File = file;
        _source = source;
        Relation = SqliteRelation.Of(Connection, source.Name, IsStaging ? Csv.StagingFile.Table : source.Table, source.Query);
        _columns = [.. Relation.Columns.Select(column => column.Name)];
        if (!_columns.Contains(source.KeyColumn))
            throw new SourceException(new LocalizedMessage("Sources.NoKeyColumn", source.Name, source.KeyColumn));
    }

    public SqliteFile File { get; }

    public SqliteConnection Connection => File.Connection;

    public IReadOnlyList<Field> Fields => _source.Fields;

    /// <summary>The table or the query, with alias p.</summary>
    public string From => Relation.From;

    public SqliteRelation Relation { get; }

    /// <summary>An expression for the key as text.</summary>
    public string Key => IsStaging ? SqlName.Column(_source.KeyColumn) : SqlName.TextOf(_source.KeyColumn);

    /// <summary>A condition that is true for rows with a key.</summary>
    public string HasKey => IsStaging ? "1" : $"NOT ({SqlName.IsEmpty(Key)})";

    /// <summary>Whether keys are unique. The loader guarantees it; a user's database may not.</summary>
    public bool KeysAreUnique => IsStaging;

    private bool IsStaging => _source.Kind.IsFiles();

    /// <summary>Returns an expression for the value of a field as text.</summary>
    /// <exception cref="SourceException">The source has no such field.</exception>
    public string Column(string field)
    {
        if (!_columns.Contains(field) || Fields.All(known => known.Name != field))
            throw new SourceException(new LocalizedMessage("Sources.NoField", _source.Name, field));
        return IsStaging ? SqlName.Column(field) : SqlName.TextOf(field);
    }

    /// <summary>Returns expressions for the value of a field, read through its format.</summary>
    /// <exception cref="SourceException">The source has no such field.</exception>
    public ColumnSql Value(string field) => new(Column(field), Fields.First(known => known.Name == field).Format);

    /// <summary>Returns a condition that is true for profiles whose key is in a column of another table.</summary>
    /// <exception cref="SourceException">There is no such table or column.</exception>
    public string IsKeyIn(string table, string column)
    {
        if (IsStaging)
            throw new SourceException(new LocalizedMessage("Sources.NoTables", _source.Name));
        var columns = SqliteSchema.Columns(Connection, table);
        if (columns.Count == 0)
            throw new SourceException(new LocalizedMessage("Sources.NoTable", _source.Name, table));
        if (columns.All(known => known.Name != column))
            throw new SourceException(new LocalizedMessage("Sources.NoColumn", _source.Name, table, column));
        // The inner table has alias p too: inside the subquery it hides the outer one.
        return $"{Key} COLLATE BINARY IN (SELECT {SqlName.TextOf(column)} FROM {SqlName.Quote(table)} AS p)";
    }

    public void Dispose() => File.Dispose();
}
