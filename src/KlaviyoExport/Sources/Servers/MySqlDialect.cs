using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Text;
using MySqlConnector;
using static System.FormattableString;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// MySQL, MariaDB and TiDB. Statements are prepared on the server, so that numbers arrive as numbers (the server's text of a float is
/// rounded) and a statement is one statement. Rows are read one by one, without buffering, in a read-only transaction that sees one state
/// of the data. Tables are those of the chosen database.
/// </summary>
internal sealed class MySqlDialect : ServerDialect
{
    private const string Utf8 = "utf8mb4";

    public override int UsualPort => 3306;

    public override CommandBehavior Reading => CommandBehavior.SingleResult;

    public override bool IsPrepared => true;

    // The catalogue has no columns of a view that cannot be read for another reason; reading it tells which.
    public override string Tables =>
        """
            SELECT t.TABLE_SCHEMA, t.TABLE_NAME, CASE WHEN t.TABLE_TYPE LIKE '%VIEW' THEN '1' ELSE '0' END,
                   CASE WHEN t.TABLE_TYPE LIKE '%VIEW' OR t.TABLE_NAME IN
                       (SELECT c.TABLE_NAME FROM information_schema.COLUMNS AS c
                        WHERE c.TABLE_SCHEMA = DATABASE() AND c.PRIVILEGES LIKE '%select%') THEN '1' ELSE '0' END
            FROM information_schema.TABLES AS t WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE <> 'SEQUENCE' ORDER BY 1, 2
            """;

    // The first comparison uses an index and may ignore case.
    public override string Columns =>
        """
            SELECT COLUMN_NAME, CASE WHEN COLUMN_TYPE LIKE 'tinyint(1)%' OR COLUMN_TYPE = 'bit(1)' THEN SUBSTRING_INDEX(COLUMN_TYPE, ' ', 1)
                ELSE DATA_TYPE END
            FROM information_schema.COLUMNS
            WHERE TABLE_SCHEMA = @v0 AND TABLE_NAME = @v1 AND PRIVILEGES LIKE '%select%'
                AND CAST(TABLE_SCHEMA AS BINARY) = CAST(@v0 AS BINARY) AND CAST(TABLE_NAME AS BINARY) = CAST(@v1 AS BINARY)
            ORDER BY ORDINAL_POSITION
            """;

    public override DbDataSource Connect(SourceServer server, string password, string? rootCertificate) =>
        new MySqlDataSource(
            new MySqlConnectionStringBuilder
            {
                Server = server.Host,
                Port = (uint)(server.Port ?? UsualPort),
                Database = server.Database,
                UserID = server.User,
                Password = password,
                SslMode = server.Tls switch
                {
                    ServerTls.Verified => MySqlSslMode.VerifyFull,
                    ServerTls.Encrypted => MySqlSslMode.Required,
                    _ => MySqlSslMode.Disabled,
                },
                SslCa = server.Tls == ServerTls.Verified ? rootCertificate ?? "" : "",
                // Whoever answers with a key of their own could read the password, so only where nobody can be in between.
                AllowPublicKeyRetrieval = server.Tls == ServerTls.None && IsThisMachine(server.Host),
                ConnectionProtocol = MySqlConnectionProtocol.Sockets,
                ConnectionTimeout = (uint)ConnectionTimeout.TotalSeconds,
                AllowLoadLocalInfile = false,
                AllowUserVariables = false,
                AllowZeroDateTime = true,
                GuidFormat = MySqlGuidFormat.None,
                AutoEnlist = false,
                Pooling = false,
                ApplicationName = "Klaviyo Export",
            }.ConnectionString
        );

    public override IsolationLevel Snapshot => IsolationLevel.Snapshot;

    public override async Task<DbTransaction?> BeginAsync(
        DbConnection connection,
        ServerReading reading,
        CancellationToken cancellationToken
    )
    {
        var session = (MySqlConnection)connection;
        var seconds = Math.Max(1, (long)reading.Timeout.TotalSeconds);
        await SetAsync(session, "sql_mode = '', time_zone = '+00:00'", cancellationToken);
        // A server that waits for a slow reader would otherwise break the connection after a minute.
        await TrySetAsync(session, Invariant($"net_write_timeout = {seconds + 60}"), cancellationToken);
        await TrySetAsync(session, "max_sort_length = 4096", cancellationToken);
        if (!await TrySetAsync(session, Invariant($"max_execution_time = {(long)reading.Timeout.TotalMilliseconds}"), cancellationToken))
            await TrySetAsync(session, Invariant($"max_statement_time = {seconds}"), cancellationToken);
        try
        {
            return await session.BeginTransactionAsync(Snapshot, isReadOnly: true, cancellationToken);
        }
        catch (MySqlException) when (IsUsable(session, cancellationToken))
        {
            // TiDB has no read-only transactions. This one is never committed.
            return await session.BeginTransactionAsync(Snapshot, cancellationToken);
        }
    }

    public override string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    public override string Placeholder(int index) => string.Create(CultureInfo.InvariantCulture, $"@v{index}");

    public override StringComparer Names => StringComparer.OrdinalIgnoreCase;

    public override string DescribeStart => "SELECT * FROM ";

    public override string DescribeEnd => " LIMIT 0";

    public override string TypeOf(DbDataReader reader, int column) => MySqlTypes.Of((MySqlDataReader)reader, column);

    public override ColumnFamily FamilyOf(string type) => MySqlTypes.FamilyOf(type);

    public override string TypeOf(ColumnFamily family) =>
        family switch
        {
            ColumnFamily.Whole or ColumnFamily.YesNo => "SIGNED",
            ColumnFamily.Decimal or ColumnFamily.Float => "DOUBLE",
            ColumnFamily.Date => "DATE",
            ColumnFamily.Moment or ColumnFamily.MomentWithOffset => "DATETIME",
            _ => "CHAR",
        };

    // Older versions cannot cast to DOUBLE. The range of a DECIMAL may be too small for the value.
    public override string Typed(string placeholder, ColumnFamily family) =>
        family is ColumnFamily.Decimal or ColumnFamily.Float ? $"({placeholder} + 0e0)" : base.Typed(placeholder, family);

    public override string IsNull(ServerColumn column)
    {
        var name = $"p.{Quote(column.Name)}";
        return IsOfTime(column) ? $"({name} IS NULL OR CAST({name} AS CHAR) LIKE '0000-00-00%')" : $"{name} IS NULL";
    }

    public override string ValueOf(ServerColumn column)
    {
        var name = $"p.{Quote(column.Name)}";
        return (column.Family, column.Type) switch
        {
            (ColumnFamily.Float, _) => name,
            (ColumnFamily.Binary, _) => $"HEX({name})",
            // A date of zeros is how older programs write that there is none.
            _ when IsOfTime(column) => $"CASE WHEN CAST({name} AS CHAR) LIKE '0000-00-00%' THEN NULL ELSE CAST({name} AS CHAR) END",
            (_, "bit" or "bit(1)") => $"CAST({name} + 0 AS CHAR)",
            (_, "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" or "enum" or "set") => name,
            _ when MySqlTypes.IsGeometry(column.Type) => $"ST_AsText({name})",
            _ => $"CAST({name} AS CHAR)",
        };
    }

    public override TextSql TextOf(ServerColumn column)
    {
        var text = $"CONVERT({ValueOf(column)} USING {Utf8}) COLLATE {Utf8}_bin";
        return new TextSql($"{text} REGEXP '[^ -~]'", $"UPPER(TRIM({text}))");
    }

    public override string KeyOf(ServerColumn column) =>
        column.Family == ColumnFamily.Float
            // The text of the same number as a double is exact.
            ? $"CONVERT(CAST(p.{Quote(column.Name)} * 1e0 AS CHAR) USING {Utf8})"
            : $"CONVERT({ValueOf(column)} USING {Utf8})";

    protected override string WithoutZeros(string text) =>
        $"CASE WHEN {text} LIKE '%.%' THEN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text})) ELSE {text} END";

    public override string Concat(IReadOnlyList<string> texts) => $"CONCAT({string.Join(", ", texts)})";

    // A hash has no collation that ignores case or trailing spaces. It is short: servers cannot look up long texts by an index.
    public override string Exactly(string key) => $"UNHEX(SHA2({key}, 256))";

    // Servers sort by the first bytes only (max_sort_length). The hash keeps longer equal keys together.
    public override string InOrder(string key) => $"CAST({key} AS BINARY), {Exactly(key)}";

    public override string First(string columns, string from, int rows) =>
        string.Create(CultureInfo.InvariantCulture, $"SELECT {columns} FROM {from} LIMIT {rows}");

    public override string? Text(DbDataReader reader, int column) =>
        reader.IsDBNull(column)
            ? null
            : reader.GetValue(column) switch
            {
                string text => text,
                byte[] bytes => Encoding.UTF8.GetString(bytes),
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                var other => other.ToString(),
            };

    public override SourceFault? Explain(Exception exception, ServerReading reading) => MySqlFaults.Explain(exception, reading);

    private static bool IsOfTime(ServerColumn column) => column.Family is ColumnFamily.Date or ColumnFamily.Moment;

    private static bool IsThisMachine(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsUsable(MySqlConnection session, CancellationToken cancellationToken) =>
        session.State == ConnectionState.Open && !cancellationToken.IsCancellationRequested;

    /// <summary>Sets what only some servers and versions have.</summary>
    private static async Task<bool> TrySetAsync(MySqlConnection session, string settings, CancellationToken cancellationToken)
    {
        try
        {
            await SetAsync(session, settings, cancellationToken);
            return true;
        }
        catch (MySqlException) when (IsUsable(session, cancellationToken))
        {
            return false;
        }
    }

    private static async Task SetAsync(MySqlConnection session, string settings, CancellationToken cancellationToken)
    {
        await using var command = session.CreateCommand();
        command.CommandText = $"SET SESSION {settings}";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
