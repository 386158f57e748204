using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// Servers that use PostgreSQL's protocol and not all of its SQL, such as Redshift and CockroachDB. What such a server may lack is tried
/// before the transaction begins, so that a refusal does no harm: a read-only transaction, the settings of the session, and a way to
/// compare texts exactly. Everything else is plain SQL and the information schema.
/// </summary>
internal sealed class PlainPostgreSqlDialect(ExactComparison comparison, string begin) : PostgreSqlDialect
{
    // Redshift cuts off the text of a cast without a length, at 256 characters.
    private const string LongText = "varchar(65535)";

    private static readonly string[] Beginnings = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN READ ONLY", "BEGIN"];

    public PlainPostgreSqlDialect()
        : this(ExactComparison.Ways[0], Beginnings[0]) { }

    public override string Tables =>
        $"""
            SELECT CAST(table_schema AS varchar(200)), CAST(table_name AS varchar(200)),
                   CASE WHEN CAST(table_type AS varchar(200)) LIKE '%VIEW' THEN '1' ELSE '0' END, '1'
            FROM information_schema.tables
            WHERE CAST(table_schema AS varchar(200)) NOT IN
                ('pg_catalog', 'information_schema', 'pg_internal', 'pg_toast', 'pg_extension', 'crdb_internal', 'pg_automv')
            ORDER BY 1, 2
            """;

    public override string Columns =>
        """
            SELECT CAST(column_name AS varchar(200)), CAST(data_type AS varchar(200)) FROM information_schema.columns
            WHERE CAST(table_schema AS varchar(200)) = $1 AND CAST(table_name AS varchar(200)) = $2 ORDER BY ordinal_position
            """;

    public override async Task<ServerDialect> AdaptAsync(
        DbConnection connection,
        ServerReading reading,
        CancellationToken cancellationToken
    )
    {
        await TryAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture, $"SET statement_timeout TO {(long)reading.Timeout.TotalMilliseconds}"),
            cancellationToken
        );
        await TryAsync(connection, "SET TimeZone TO 'UTC'", cancellationToken);
        await TryAsync(connection, "SET DateStyle TO 'ISO'", cancellationToken);
        // The text of a number is then exact; it is the highest value that all servers accept.
        await TryAsync(connection, "SET extra_float_digits TO 2", cancellationToken);
        ExactComparison? exact = null;
        foreach (var way in ExactComparison.Ways)
            exact ??= await TryAsync(connection, way.Test, cancellationToken) is 1 or 1L ? way : null;
        string? accepted = null;
        foreach (var one in Beginnings)
            accepted ??= await TryAsync(connection, one, cancellationToken) is null ? null : one;
        if (accepted is not null)
            await TryAsync(connection, "ROLLBACK", cancellationToken);
        return exact is null || accepted is null
            ? throw new SourceException(new LocalizedMessage("Sources.ServerLacksSql", reading.Server.Host))
            : new PlainPostgreSqlDialect(exact, accepted);
    }

    public override async Task<DbTransaction?> BeginAsync(
        DbConnection connection,
        ServerReading reading,
        CancellationToken cancellationToken
    )
    {
        // Never committed: closing the connection ends it.
        await RunAsync(connection, begin, cancellationToken);
        return null;
    }

    public override bool IsSnapshot(DbTransaction? transaction) => begin == Beginnings[0];

    public override string DescribeEnd => " LIMIT 0";

    public override string? DescribeValue => null;

    public override string? TypeNames => null;

    public override string TypeOf(DbDataReader reader, int column) => ((NpgsqlDataReader)reader).GetPostgresType(column).InternalName;

    public override ColumnFamily FamilyOf(string type) =>
        type switch
        {
            "smallint" or "integer" or "bigint" => ColumnFamily.Whole,
            "real" or "double precision" => ColumnFamily.Float,
            "boolean" => ColumnFamily.YesNo,
            "timestamp without time zone" => ColumnFamily.Moment,
            "timestamp with time zone" => ColumnFamily.MomentWithOffset,
            "binary varying" or "varbyte" => ColumnFamily.Binary,
            _ => base.FamilyOf(type),
        };

    public override string Typed(string placeholder, ColumnFamily family) =>
        family switch
        {
            // Redshift casts no text to a boolean, its numeric without a precision has no decimals, and its times have no T.
            ColumnFamily.YesNo => $"({placeholder} = '1')",
            ColumnFamily.Decimal => $"CAST({placeholder} AS double precision)",
            ColumnFamily.Moment or ColumnFamily.MomentWithOffset => $"CAST(REPLACE({placeholder}, 'T', ' ') AS {TypeOf(family)})",
            _ => base.Typed(placeholder, family),
        };

    public override string ValueOf(ServerColumn column)
    {
        var name = $"p.{Quote(column.Name)}";
        return (column.Family, column.Type) switch
        {
            (ColumnFamily.YesNo, _) => $"CASE WHEN {name} THEN 'true' WHEN NOT {name} THEN 'false' END",
            (ColumnFamily.Binary, "bytea") => $"upper(encode({name}, 'hex'))",
            (ColumnFamily.Binary, _) => $"upper(to_hex({name}))",
            (_, "super") => $"json_serialize({name})",
            (_, "geometry" or "geography") => $"ST_AsText({name})",
            (_, "character" or "bpchar") => $"rtrim({name})",
            (_, "text" or "character varying" or "varchar") => name,
            _ => $"CAST({name} AS {LongText})",
        };
    }

    // Not every server can compare text by bytes.
    public override TextSql? TextOf(ServerColumn column) => null;

    public override string Exactly(string key) => comparison.Of(key);

    public override string InOrder(string key) => comparison.OrderOf(key);

    /// <returns>The first value of the result, and an empty text without one. Null when the server refuses the statement.</returns>
    private static async Task<object?> TryAsync(DbConnection connection, string statement, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(connection, statement, cancellationToken) ?? "";
        }
        catch (PostgresException) when (connection.State == System.Data.ConnectionState.Open && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<object?> RunAsync(DbConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
