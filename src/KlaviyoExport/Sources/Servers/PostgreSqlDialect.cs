using System.Data;
using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// PostgreSQL. Rows are read one by one as the server sends them, without buffering all of them. The transaction is read-only and sees
/// one state of the data.
/// </summary>
internal class PostgreSqlDialect : ServerDialect
{
    public override int UsualPort => 5432;

    public override CommandBehavior Reading => CommandBehavior.SingleResult;

    public override string Tables =>
        """
            SELECT CAST(n.nspname AS text), CAST(c.relname AS text), CASE WHEN c.relkind IN ('v', 'm') THEN '1' ELSE '0' END,
                   CASE WHEN has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') THEN '1' ELSE '0' END
            FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
              AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND CAST(n.nspname AS text) NOT LIKE 'pg\_temp%'
            ORDER BY 1, 2
            """;

    public override string Columns =>
        """
            SELECT CAST(a.attname AS text), CAST(coalesce(b.typname, t.typname) AS text)
            FROM pg_catalog.pg_attribute AS a
            JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
            WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
                AND has_column_privilege(c.oid, a.attnum, 'SELECT')
            ORDER BY a.attnum
            """;

    public override DbDataSource Connect(SourceServer server, string password, string? rootCertificate)
    {
        // The slim builder does not load the types of the server: values are read as text.
        var builder = new NpgsqlSlimDataSourceBuilder(
            new NpgsqlConnectionStringBuilder
            {
                Host = server.Host,
                Port = server.Port ?? UsualPort,
                Database = server.Database,
                Username = server.User,
                Password = password,
                SslMode = server.Tls switch
                {
                    ServerTls.Verified => SslMode.VerifyFull,
                    ServerTls.Encrypted => SslMode.Require,
                    _ => SslMode.Disable,
                },
                RootCertificate = server.Tls == ServerTls.Verified ? rootCertificate : null,
                GssEncryptionMode = GssEncryptionMode.Disable,
                Timeout = (int)ConnectionTimeout.TotalSeconds,
                Pooling = false,
                ApplicationName = "Klaviyo Export",
            }.ConnectionString
        );
        builder.EnableTransportSecurity();
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    public override IsolationLevel Snapshot => IsolationLevel.RepeatableRead;

    public override async Task<DbTransaction?> BeginAsync(
        DbConnection connection,
        ServerReading reading,
        CancellationToken cancellationToken
    )
    {
        var transaction = await connection.BeginTransactionAsync(Snapshot, cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {(long)reading.Timeout.TotalMilliseconds};
            SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1
            """
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    public override string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public override string Placeholder(int index) => string.Create(CultureInfo.InvariantCulture, $"${index + 1}");

    public override StringComparer Names => StringComparer.Ordinal;

    public override string DescribeStart => "SELECT * FROM ";

    // With a parameter the server accepts one statement only.
    public override string DescribeEnd => " LIMIT CAST($1 AS bigint)";

    public override string? DescribeValue => "0";

    public override string? TypeNames =>
        """
            SELECT CAST(t.oid AS text), CAST(coalesce(b.typname, t.typname) AS text)
            FROM pg_catalog.pg_type AS t LEFT JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
            """;

    public override string TypeOf(DbDataReader reader, int column) =>
        ((NpgsqlDataReader)reader).GetDataTypeOID(column).ToString(CultureInfo.InvariantCulture);

    public override ColumnFamily FamilyOf(string type) =>
        type switch
        {
            "int2" or "int4" or "int8" => ColumnFamily.Whole,
            "numeric" => ColumnFamily.Decimal,
            "float4" or "float8" => ColumnFamily.Float,
            "bool" => ColumnFamily.YesNo,
            "date" => ColumnFamily.Date,
            "timestamp" => ColumnFamily.Moment,
            "timestamptz" => ColumnFamily.MomentWithOffset,
            "bytea" => ColumnFamily.Binary,
            _ => ColumnFamily.Text,
        };

    public override string TypeOf(ColumnFamily family) =>
        family switch
        {
            ColumnFamily.Whole => "bigint",
            ColumnFamily.Decimal => "numeric",
            ColumnFamily.Float => "double precision",
            ColumnFamily.YesNo => "boolean",
            ColumnFamily.Date => "date",
            ColumnFamily.Moment => "timestamp",
            ColumnFamily.MomentWithOffset => "timestamptz",
            _ => "text",
        };

    public override string ValueOf(ServerColumn column)
    {
        var name = $"p.{Quote(column.Name)}";
        return (column.Family, column.Type) switch
        {
            (ColumnFamily.Binary, _) => $"upper(encode({name}, 'hex'))",
            // Otherwise in the server's language and with its currency.
            (_, "money") => $"CAST(CAST({name} AS numeric) AS text)",
            _ => $"CAST({name} AS text)",
        };
    }

    public override TextSql? TextOf(ServerColumn column)
    {
        var text = $"({ValueOf(column)}) COLLATE \"C\"";
        return new TextSql($"{text} ~ '[^ -~]'", $"upper(btrim({text}))");
    }

    public override string KeyOf(ServerColumn column) => ValueOf(column);

    // A column may have a collation that REPLACE does not support.
    protected override string Escaped(string text) => base.Escaped(Exactly(text));

    public override string Concat(IReadOnlyList<string> texts) => $"({string.Join(" || ", texts)})";

    public override string Exactly(string key) => $"{key} COLLATE \"C\"";

    public override string InOrder(string key) => Exactly(key);

    public override string First(string columns, string from, int rows) =>
        string.Create(CultureInfo.InvariantCulture, $"SELECT {columns} FROM {from} LIMIT {rows}");

    public override SourceFault? Explain(Exception exception, ServerReading reading) => PostgreSqlFaults.Explain(exception, reading);
}
