using System.Data;
using System.Data.Common;
using KlaviyoExport.Sources.Odbc;

namespace KlaviyoExport.Sources.Servers;

/// <summary>The differences between kinds of database server. Only common features are used, so that compatible servers work too.</summary>
internal abstract class ServerDialect
{
    /// <summary>How long a driver may take to connect that does not keep to <see cref="ConnectionTimeout"/>.</summary>
    public static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(20);

    protected static readonly TimeSpan ConnectionTimeout = TimeSpan.FromSeconds(15);

    private static readonly PostgreSqlDialect PostgreSql = new();
    private static readonly SqlServerDialect SqlServer = new();
    private static readonly MySqlDialect MySql = new();
    private static readonly PlainPostgreSqlDialect PlainPostgreSql = new();

    public abstract int UsualPort { get; }

    /// <summary>Whether statements are prepared on the server before they are executed.</summary>
    public virtual bool IsPrepared => false;

    /// <summary>How rows are read: one at a time, without buffering.</summary>
    public abstract CommandBehavior Reading { get; }

    /// <summary>
    /// A query that returns, for every table and view: schema, name, whether it is a view, and whether it may be read. '1' means yes.
    /// </summary>
    public abstract string Tables { get; }

    /// <summary>A query that returns the names and types of the columns of a table in order, given its schema and name.</summary>
    /// <remarks>Null when the table is described instead.</remarks>
    public abstract string? Columns { get; }

    /// <summary>Whether calls of the driver block their thread.</summary>
    public virtual bool IsBlocking => false;

    /// <summary>
    /// Whether the server sorts and compares keys character by character. Otherwise the product does: <see cref="KeySorter"/>.
    /// </summary>
    public virtual bool SortsKeys => true;

    /// <summary>What stands between a table and its alias.</summary>
    public virtual string AliasWord => " AS ";

    /// <param name="kind">The kind of server.</param>
    /// <param name="server">The server. Null when only the kind matters.</param>
    public static ServerDialect Of(SourceKind kind, SourceServer? server = null) =>
        kind switch
        {
            SourceKind.PostgreSql => PostgreSql,
            SourceKind.SqlServer => SqlServer,
            SourceKind.MySql => MySql,
            SourceKind.PostgreSqlCompatible => PlainPostgreSql,
            SourceKind.Odbc => new OdbcDialect(server?.Odbc?.Preset ?? OdbcPreset.Automatic),
            _ => throw new NotSupportedException(kind.ToString()),
        };

    /// <param name="server">The address, the database and the user.</param>
    /// <param name="password">The password or access token, not encrypted. It stays in memory.</param>
    /// <param name="rootCertificate">The path of a root certificate. Null when there is none.</param>
    public abstract DbDataSource Connect(SourceServer server, string password, string? rootCertificate);

    /// <summary>Returns the dialect of the server of an open connection, for kinds whose servers differ.</summary>
    /// <exception cref="SourceException">The server lacks something that is needed.</exception>
    public virtual Task<ServerDialect> AdaptAsync(DbConnection connection, ServerReading reading, CancellationToken cancellationToken) =>
        Task.FromResult(this);

    /// <summary>
    /// Configures the connection: read-only, with one consistent state of the data if the server supports it, and with invariant formats.
    /// </summary>
    public abstract Task<DbTransaction?> BeginAsync(DbConnection connection, ServerReading reading, CancellationToken cancellationToken);

    /// <summary>The isolation level in which all reads of a transaction see the same state of the database.</summary>
    public abstract IsolationLevel Snapshot { get; }

    /// <summary>Whether all reads of a connection, after <see cref="BeginAsync"/>, see the same state of the database.</summary>
    public virtual bool IsSnapshot(DbTransaction? transaction) => transaction?.IsolationLevel == Snapshot;

    /// <summary>Quotes a name as an identifier.</summary>
    public abstract string Quote(string name);

    /// <summary>Returns the placeholder of a parameter.</summary>
    public abstract string Placeholder(int index);

    /// <summary>How the names of columns are compared.</summary>
    public abstract StringComparer Names { get; }

    /// <summary>The part before the query of a statement that describes its columns without reading rows.</summary>
    public abstract string DescribeStart { get; }

    /// <summary>The part after the query.</summary>
    public abstract string DescribeEnd { get; }

    /// <summary>The value of the only parameter of that statement. Null when it has none.</summary>
    public virtual string? DescribeValue => null;

    /// <summary>
    /// A query that returns the number and the name of all types, when <see cref="TypeOf(DbDataReader, int)"/> returns numbers. Null when it
    /// returns names.
    /// </summary>
    public virtual string? TypeNames => null;

    /// <summary>Returns the type of a column of a result.</summary>
    public abstract string TypeOf(DbDataReader reader, int column);

    public abstract ColumnFamily FamilyOf(string type);

    /// <summary>Returns the name of the type of a family, for casts.</summary>
    public abstract string TypeOf(ColumnFamily family);

    /// <summary>Returns an expression for a parameter as a value of a family.</summary>
    public virtual string Typed(string placeholder, ColumnFamily family) => $"CAST({placeholder} AS {TypeOf(family)})";

    /// <summary>
    /// Returns a condition for a column of the table with alias p, of a family whose values are never an empty text: it has no value.
    /// </summary>
    public virtual string IsNull(ServerColumn column) => $"p.{Quote(column.Name)} IS NULL";

    /// <summary>Returns an expression for a column of the table with alias p, in the form in which it is read.</summary>
    public abstract string ValueOf(ServerColumn column);

    /// <summary>Returns how a text column is compared. Null when the server cannot be relied on to compare it.</summary>
    public virtual TextSql? TextOf(ServerColumn column) => null;

    /// <summary>Returns an expression for a column of the table with alias p as text that is compared exactly.</summary>
    public abstract string KeyOf(ServerColumn column);

    /// <summary>
    /// Returns an expression for the key of the columns, as <see cref="KeyColumns.Join"/> joins their texts. Null when one of them is null.
    /// </summary>
    public string KeyOf(IReadOnlyList<ServerColumn> columns) => Joined([.. columns.Select(KeyOf)]);

    /// <summary>
    /// As <see cref="KeyOf(IReadOnlyList{ServerColumn})"/>, for a comparison with the key of other columns. Numbers of different types are
    /// compared by value; everything else as text.
    /// </summary>
    public string KeyOf(IReadOnlyList<ServerColumn> columns, IReadOnlyList<ServerColumn> others) =>
        Joined([
            .. columns.Zip(others, (column, other) => ServerColumn.AreUnlikeNumbers(column, other) ? NumberOf(column) : KeyOf(column)),
        ]);

    /// <summary>Joins expressions of text. The result is null when one of them is.</summary>
    public abstract string Concat(IReadOnlyList<string> texts);

    /// <summary>Returns an expression for a text of a key with its separators escaped.</summary>
    protected virtual string Escaped(string text) => $"REPLACE(REPLACE({text}, '~', '~0'), '|', '~1')";

    /// <summary>Returns an expression for the text of a decimal number without zeros at the end of its fraction.</summary>
    protected virtual string WithoutZeros(string text) =>
        $"CASE WHEN {text} LIKE '%.%' THEN RTRIM(RTRIM({text}, '0'), '.') ELSE {text} END";

    /// <summary>Returns an expression for a whole number as text.</summary>
    protected virtual string WholeOf(string number) =>
        $"CAST(CAST({number} AS {TypeOf(ColumnFamily.Whole)}) AS {TypeOf(ColumnFamily.Text)})";

    /// <summary>Returns an expression for a key of <see cref="KeyOf(ServerColumn)"/> such that equal values are identical.</summary>
    public abstract string Exactly(string key);

    /// <summary>Returns the order in which equal keys are adjacent. Null when the product sorts.</summary>
    public abstract string? InOrder(string key);

    /// <summary>Returns the clause that orders rows by key. Empty when the product sorts.</summary>
    public string OrderBy(string key) => InOrder(key) is { } order ? $" ORDER BY {order}" : "";

    /// <summary>
    /// Returns a condition that is true for rows with one of some keys, and possibly for other rows. Null when all rows must be read.
    /// </summary>
    public virtual string? KeyIn(IReadOnlyList<ServerColumn> columns, IReadOnlyList<string> keys, ServerParameters parameters) =>
        $"{Exactly(KeyOf(columns))} IN ({string.Join(", ", keys.Select(one => Exactly(parameters.Add(one))))})";

    /// <summary>Whether a value is empty exactly when the column is null.</summary>
    public virtual bool SaysEmpty(ColumnFamily family) => family is not (ColumnFamily.Text or ColumnFamily.Binary);

    /// <summary>Whether the server can compare a column of a family with these values.</summary>
    public virtual bool Compares(ColumnFamily family, IReadOnlyList<string> values) => true;

    /// <summary>Returns a number, date or yes or no, to be compared with a column of the family.</summary>
    public virtual string Value(string value, ColumnFamily family, ServerParameters parameters) => Typed(parameters.Add(value), family);

    /// <summary>Returns the tables and views as the driver lists them. Null when <see cref="Tables"/> does.</summary>
    public virtual IReadOnlyList<ServerRelation>? TablesOf(DbConnection connection) => null;

    /// <summary>Returns the names of the columns of all tables and views as the driver lists them. Null when <see cref="Columns"/> does.</summary>
    public virtual IReadOnlyDictionary<string, IReadOnlyList<string>>? ColumnNamesOf(DbConnection connection) => null;

    /// <summary>Returns a query for the first rows.</summary>
    public abstract string First(string columns, string from, int rows);

    /// <summary>Returns a value as invariant text.</summary>
    public virtual string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private string Joined(IReadOnlyList<string> texts) =>
        texts.Count == 1 ? texts[0] : Concat([.. texts.SelectMany(text => new[] { "'|'", Escaped(text) }).Skip(1)]);

    /// <summary>Returns an expression for a number as text, such that equal numbers have the same text. A float only when it is whole.</summary>
    private string NumberOf(ServerColumn column)
    {
        var name = $"p.{Quote(column.Name)}";
        return column.Family switch
        {
            ColumnFamily.Decimal => WithoutZeros(KeyOf(column)),
            // Above 2^53 a float is not exact.
            ColumnFamily.Float => $"CASE WHEN ABS({name}) < 9007199254740992 AND {name} = FLOOR({name}) "
                + $"THEN {WholeOf(name)} ELSE {KeyOf(column)} END",
            _ => KeyOf(column),
        };
    }

    /// <summary>Converts an error to a message that says what to do. Null when it is not an error of the server.</summary>
    public abstract SourceFault? Explain(Exception exception, ServerReading reading);
}
