using System.Data;
using System.Data.Common;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// What differs between kinds of database server. Only plain features are used, so that what speaks their protocols serves as well.
/// </summary>
internal abstract class ServerDialect
{
    protected static readonly TimeSpan ConnectionTimeout = TimeSpan.FromSeconds(15);

    private static readonly PostgreSqlDialect PostgreSql = new();
    private static readonly SqlServerDialect SqlServer = new();

    public abstract int UsualPort { get; }

    /// <summary>How rows are taken from the wire: one at a time, nothing kept.</summary>
    public abstract CommandBehavior Reading { get; }

    /// <summary>Selects schema, name, whether it is a view and whether it may be read, of every table and view; '1' is yes.</summary>
    public abstract string Tables { get; }

    /// <summary>Selects name and type of the columns of a table, in order, given its schema and name.</summary>
    public abstract string Columns { get; }

    public static ServerDialect Of(SourceKind kind) =>
        kind switch
        {
            SourceKind.PostgreSql => PostgreSql,
            SourceKind.SqlServer => SqlServer,
            _ => throw new NotSupportedException(kind.ToString()),
        };

    /// <param name="server">Where and as whom.</param>
    /// <param name="password">In clear; it stays in memory.</param>
    /// <param name="rootCertificate">A file that may be read; null: none.</param>
    public abstract DbDataSource Connect(SourceServer server, string password, string? rootCertificate);

    /// <summary>
    /// Makes the connection one that only reads, one state of the data where the server can, and writes values the same everywhere.
    /// </summary>
    public abstract Task<DbTransaction?> BeginAsync(DbConnection connection, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>A name of the catalogue as an identifier, whatever characters it has.</summary>
    public abstract string Quote(string name);

    /// <summary>What stands for a value.</summary>
    public abstract string Placeholder(int index);

    public abstract ColumnFamily FamilyOf(string type);

    /// <summary>The name of a family's type, for casting a value to it.</summary>
    public abstract string TypeOf(ColumnFamily family);

    /// <summary>A column of the table called p, in the form it is read in.</summary>
    public abstract string ValueOf(ServerColumn column);

    /// <summary>A column of the table called p as text that equals another only where every letter does.</summary>
    public abstract string KeyOf(ServerColumn column);

    /// <summary>A key of <see cref="KeyOf"/>, such that equal ones are the same to the last letter.</summary>
    public abstract string Exactly(string key);

    /// <summary>What to order by so that equal keys stand together.</summary>
    public abstract string InOrder(string key);

    /// <summary>The first rows that come.</summary>
    public abstract string First(string columns, string from, int rows);

    /// <summary>A value in invariant text.</summary>
    public virtual string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>What went wrong, in words that say what to do. Null: it is not the server's doing.</summary>
    public abstract SourceFault? Explain(Exception exception, ServerReading reading);
}
