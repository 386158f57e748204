using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Sources;

/// <summary>The profiles of a source, open for one read: the staging file of a CSV, or the user's own database.</summary>
internal sealed class ProfileTable : IDisposable
{
    private readonly Source _source;
    private readonly HashSet<string> _columns;

    public ProfileTable(Source source, SqliteFile file)
    {
        File = file;
        _source = source;
        _columns = [.. SqliteSchema.Columns(Connection, TableName).Select(column => column.Name)];
        if (_columns.Count == 0)
            throw new SourceException(new LocalizedMessage("Sources.NoTable", source.Name, TableName));
        if (!_columns.Contains(source.KeyColumn))
            throw new SourceException(new LocalizedMessage("Sources.NoKeyColumn", source.Name, source.KeyColumn));
    }

    public SqliteFile File { get; }

    public SqliteConnection Connection => File.Connection;

    public IReadOnlyList<Field> Fields => _source.Fields;

    /// <summary>The table, called p.</summary>
    public string From => $"{SqlName.Quote(TableName)} AS p";

    /// <summary>The key as text.</summary>
    public string Key => IsStaging ? SqlName.Column(_source.KeyColumn) : SqlName.TextOf(_source.KeyColumn);

    /// <summary>Met by the rows that have a key.</summary>
    public string HasKey => IsStaging ? "1" : $"NOT ({SqlName.IsEmpty(Key)})";

    /// <summary>The loader lets a key in once; a database of others may not.</summary>
    public bool KeysAreUnique => IsStaging;

    private bool IsStaging => _source.Kind == SourceKind.Csv;

    private string TableName => IsStaging ? Csv.StagingFile.Table : _source.Table ?? "";

    /// <summary>A field's value as text.</summary>
    /// <exception cref="SourceException">The source has no such field (any more).</exception>
    public string Column(string field)
    {
        if (!_columns.Contains(field) || Fields.All(known => known.Name != field))
            throw new SourceException(new LocalizedMessage("Sources.NoField", _source.Name, field));
        return IsStaging ? SqlName.Column(field) : SqlName.TextOf(field);
    }

    /// <summary>Met by the profiles whose key stands in a column of another table.</summary>
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
        // The inner table is called p as well: inside, p is the nearest.
        return $"{Key} COLLATE BINARY IN (SELECT {SqlName.TextOf(column)} FROM {SqlName.Quote(table)} AS p)";
    }

    public void Dispose() => File.Dispose();
}
