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
        if (source.KeyColumns.FirstOrDefault(column => !_columns.Contains(column)) is { } lost)
            throw new SourceException(new LocalizedMessage("Sources.NoKeyColumn", source.Name, lost));
    }

    public SqliteFile File { get; }

    public SqliteConnection Connection => File.Connection;

    public IReadOnlyList<Field> Fields => _source.Fields;

    /// <summary>The table or the query, with alias p.</summary>
    public string From => Relation.From;

    public SqliteRelation Relation { get; }

    /// <summary>An expression for the key as text.</summary>
    public string Key => SqlKey.Of([.. Parts]);

    /// <summary>A condition that is true for rows with a key.</summary>
    public string HasKey => IsStaging ? "1" : string.Join(" AND ", Parts.Select(part => $"NOT ({SqlName.IsEmpty(part)})"));

    /// <summary>Whether keys are unique. The loader guarantees it; a user's database may not.</summary>
    public bool KeysAreUnique => IsStaging;

    private bool IsStaging => _source.Kind.IsFiles();

    /// <summary>Expressions for the values of the key columns as text.</summary>
    private IEnumerable<string> Parts => _source.KeyColumns.Select(name => IsStaging ? SqlName.Column(name) : SqlName.TextOf(name));

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

    /// <summary>
    /// Returns a condition that is true for profiles whose key is in columns of another table. Numbers are also compared by value: 1, 1.0
    /// and the text 1 are the same key.
    /// </summary>
    /// <exception cref="SourceException">There is no such table or column, or the key has another number of columns.</exception>
    public string IsKeyIn(string table, KeyColumns keys)
    {
        if (IsStaging)
            throw new SourceException(new LocalizedMessage("Sources.NoTables", _source.Name));
        var columns = SqliteSchema.Columns(Connection, table);
        if (columns.Count == 0)
            throw new SourceException(new LocalizedMessage("Sources.NoTable", _source.Name, table));
        if (keys.FirstOrDefault(key => columns.All(known => known.Name != key)) is { } lost)
            throw new SourceException(new LocalizedMessage("Sources.NoColumn", _source.Name, table, lost));
        if (keys.Count != _source.KeyColumns.Count)
            throw new SourceException(
                new LocalizedMessage("Sources.MembershipKeys", _source.Name, _source.KeyColumns.Count, table, keys.Count)
            );
        var isIn = IsIn(SqlName.TextOf);
        return
            Relation.Columns.Where(column => _source.KeyColumns.Contains(column.Name)).All(column => column.HasOneNotation)
            && columns.Where(column => keys.Contains(column.Name)).All(column => column.HasOneNotation)
            ? isIn
            : $"({isIn} OR {IsIn(SqlName.ValueOf)})";

        // The inner table has alias p too: inside the subquery it hides the outer one.
        string IsIn(Func<string, string> textOf) =>
            $"{SqlKey.Of([.. _source.KeyColumns.Select(textOf)])} COLLATE BINARY IN "
            + $"(SELECT {SqlKey.Of([.. keys.Select(textOf)])} FROM {SqlName.Quote(table)} AS p)";
    }

    public void Dispose() => File.Dispose();
}
