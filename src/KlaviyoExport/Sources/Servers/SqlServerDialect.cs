using System.Data;
using System.Data.Common;
using System.Globalization;
using KlaviyoExport.Sources.Entra;
using Microsoft.Data.SqlClient;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// SQL Server. The connection declares that it only reads, and only SELECT statements are sent. The server's administrator must restrict
/// the user's rights (docs/sources/servers.md). Rows are read one by one, with their values in order, without buffering.
/// </summary>
internal sealed class SqlServerDialect : ServerDialect
{
    public override int UsualPort => 1433;

    public override CommandBehavior Reading => CommandBehavior.SequentialAccess | CommandBehavior.SingleResult;

    public override string Tables =>
        """
            SELECT TABLE_SCHEMA, TABLE_NAME, CASE WHEN TABLE_TYPE = 'VIEW' THEN '1' ELSE '0' END, '1' FROM INFORMATION_SCHEMA.TABLES
            WHERE TABLE_SCHEMA NOT IN ('sys', 'INFORMATION_SCHEMA') ORDER BY TABLE_SCHEMA, TABLE_NAME
            """;

    public override string Columns =>
        "SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = @v0 AND TABLE_NAME = @v1 ORDER BY "
        + "ORDINAL_POSITION";

    public override DbDataSource Connect(SourceServer server, string password, string? rootCertificate)
    {
        var builder = new SqlConnectionStringBuilder
        {
            DataSource = string.Create(CultureInfo.InvariantCulture, $"tcp:{server.Host},{server.Port ?? UsualPort}"),
            InitialCatalog = server.Database,
            Encrypt = server.Tls == ServerTls.None ? SqlConnectionEncryptOption.Optional : SqlConnectionEncryptOption.Mandatory,
            TrustServerCertificate = server.Tls != ServerTls.Verified,
            ApplicationIntent = ApplicationIntent.ReadOnly,
            ConnectTimeout = (int)ConnectionTimeout.TotalSeconds,
            ConnectRetryCount = 0,
            Pooling = false,
            ApplicationName = "Klaviyo Export",
        };
        if (server.SignIn.IsEntra())
            return new SqlServerTokenSource(builder.ConnectionString, password);
        (builder.UserID, builder.Password) = (server.User, password);
        return SqlClientFactory.Instance.CreateDataSource(builder.ConnectionString);
    }

    public override IsolationLevel Snapshot => IsolationLevel.Snapshot;

    public override async Task<DbTransaction?> BeginAsync(
        DbConnection connection,
        ServerReading reading,
        CancellationToken cancellationToken
    )
    {
        // Dataverse only reads, and has neither transactions nor the views of the server.
        if (EntraHosts.IsDataverse(reading.Server.Host))
            return null;
        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT snapshot_isolation_state FROM sys.databases WHERE name = DB_NAME()";
            return await command.ExecuteScalarAsync(cancellationToken) is byte and 1
                    ? await connection.BeginTransactionAsync(Snapshot, cancellationToken)
                // A query could call what writes: its transaction is never committed.
                : reading.Query is null ? null
                : await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        }
        catch (SqlException) when (connection.State == ConnectionState.Open && !cancellationToken.IsCancellationRequested)
        {
            // Some compatible servers lack this view; they support one isolation level only.
            return null;
        }
    }

    public override string Quote(string name) => $"[{name.Replace("]", "]]", StringComparison.Ordinal)}]";

    public override string Placeholder(int index) => string.Create(CultureInfo.InvariantCulture, $"@v{index}");

    public override StringComparer Names => StringComparer.OrdinalIgnoreCase;

    public override string DescribeStart => "SELECT TOP (0) * FROM ";

    public override string DescribeEnd => "";

    // The type of a CLR type has its database and schema before it.
    public override string TypeOf(DbDataReader reader, int column) => reader.GetDataTypeName(column).Split('.')[^1];

    public override ColumnFamily FamilyOf(string type) =>
        type switch
        {
            "tinyint" or "smallint" or "int" or "bigint" => ColumnFamily.Whole,
            "decimal" or "numeric" or "money" or "smallmoney" => ColumnFamily.Decimal,
            "float" or "real" => ColumnFamily.Float,
            "bit" => ColumnFamily.YesNo,
            "date" => ColumnFamily.Date,
            "datetime" or "datetime2" or "smalldatetime" => ColumnFamily.Moment,
            "datetimeoffset" => ColumnFamily.MomentWithOffset,
            "binary" or "varbinary" or "image" or "timestamp" or "rowversion" => ColumnFamily.Binary,
            _ => ColumnFamily.Text,
        };

    public override string TypeOf(ColumnFamily family) =>
        family switch
        {
            ColumnFamily.Whole => "bigint",
            // The range of a decimal may be too small for the value, so the column is converted to a wider type.
            ColumnFamily.Decimal or ColumnFamily.Float => "float",
            ColumnFamily.YesNo => "bit",
            ColumnFamily.Date => "date",
            ColumnFamily.Moment => "datetime2",
            ColumnFamily.MomentWithOffset => "datetimeoffset",
            _ => "nvarchar(4000)",
        };

    public override string ValueOf(ServerColumn column)
    {
        var name = $"p.{Quote(column.Name)}";
        return (column.Family, column.Type) switch
        {
            // SQL Server's text of a float is rounded, so the number itself is read.
            (ColumnFamily.Float, _) => name,
            (ColumnFamily.YesNo, _) => $"CASE {name} WHEN 1 THEN N'true' WHEN 0 THEN N'false' END",
            (ColumnFamily.Moment, _) => $"CONVERT(nvarchar(40), {name}, 126)",
            (ColumnFamily.MomentWithOffset, _) => $"CONVERT(nvarchar(40), {name}, 127)",
            (ColumnFamily.Date, _) => $"CONVERT(nvarchar(40), {name}, 23)",
            (ColumnFamily.Binary, _) => $"CONVERT(nvarchar(max), CONVERT(varbinary(max), {name}), 2)",
            (_, "money" or "smallmoney") => $"CONVERT(nvarchar(60), {name}, 2)",
            (ColumnFamily.Whole or ColumnFamily.Decimal, _) => $"CONVERT(nvarchar(60), {name})",
            (_, "char" or "nchar") => $"RTRIM({name})",
            (_, "varchar" or "nvarchar") => name,
            (_, "hierarchyid" or "geography" or "geometry") => $"{name}.ToString()",
            (_, "sql_variant") => $"CONVERT(nvarchar(4000), {name})",
            _ => $"CONVERT(nvarchar(max), {name})",
        };
    }

    public override TextSql TextOf(ServerColumn column)
    {
        var text = $"({ValueOf(column)}) COLLATE Latin1_General_100_BIN2";
        return new TextSql($"{text} LIKE N'%[^ -~]%'", $"UPPER(LTRIM(RTRIM({text})))");
    }

    public override string KeyOf(ServerColumn column) =>
        column.Family == ColumnFamily.Float
            ? $"CONVERT(nvarchar(60), p.{Quote(column.Name)}, 3)"
            : $"CONVERT(nvarchar(4000), {ValueOf(column)})";

    // REPLACE compares as the collation of the column says, and the result of a shorter type would be cut off.
    protected override string Escaped(string text) =>
        $"REPLACE(REPLACE(CONVERT(nvarchar(max), {text}) COLLATE Latin1_General_100_BIN2, N'~', N'~0'), N'|', N'~1')";

    protected override string WithoutZeros(string text) =>
        $"CASE WHEN {text} LIKE N'%.%' THEN REPLACE(RTRIM(REPLACE(REPLACE(RTRIM(REPLACE({text}, N'0', N' ')), N' ', N'0'), N'.', N' ')), N' ', N'.') "
        + $"ELSE {text} END";

    protected override string WholeOf(string number) => $"CONVERT(nvarchar(4000), CONVERT(bigint, {number}))";

    public override string Concat(IReadOnlyList<string> texts) => $"({string.Join(" + ", texts)})";

    // SQL Server ignores trailing spaces in comparisons, with every collation. An appended character prevents this.
    public override string Exactly(string key) => $"({key} + N'.') COLLATE Latin1_General_100_BIN2";

    public override string InOrder(string key) => $"{key} COLLATE Latin1_General_100_BIN2, DATALENGTH({key})";

    public override string First(string columns, string from, int rows) =>
        string.Create(CultureInfo.InvariantCulture, $"SELECT TOP ({rows}) {columns} FROM {from}");

    public override string? Text(DbDataReader reader, int column) =>
        reader.IsDBNull(column)
            ? null
            : reader.GetValue(column) switch
            {
                string text => text,
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                var other => other.ToString(),
            };

    public override SourceFault? Explain(Exception exception, ServerReading reading) => SqlServerFaults.Explain(exception, reading);
}
