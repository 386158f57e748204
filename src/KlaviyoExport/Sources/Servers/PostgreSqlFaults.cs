using Npgsql;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// Converts error codes of PostgreSQL to messages. The server's own text is not repeated, because it may contain customer data.
/// </summary>
internal static class PostgreSqlFaults
{
    /// <summary>The length of what precedes a query in the statement that describes it.</summary>
    private static readonly int Before = ServerDialect.Of(SourceKind.PostgreSql).DescribeStart.Length + SourceQuery.Opening.Length;

    public static SourceFault? Explain(Exception exception, ServerReading reading) =>
        exception switch
        {
            _ when ServerFaults.Find<PostgresException>(exception) is { } told => Explain(told, reading),
            _ when ServerFaults.OfConnection(exception, reading) is { } way => way,
            _ when ServerFaults.Find<TimeoutException>(exception) is not null => ServerFaults.TimedOut(reading),
            NpgsqlException when ServerFaults.Find<IOException>(exception) is not null => SourceFault.ServerGone(reading.Name),
            // Npgsql has no error code for a server that refuses encryption.
            NpgsqlException when exception.Message.Contains("SSL", StringComparison.Ordinal) => new LocalizedMessage(
                "Sources.TlsNotOffered",
                reading.Server.Host
            ),
            NpgsqlException => SourceFault.ServerGone(reading.Name),
            _ => null,
        };

    private static SourceFault Explain(PostgresException told, ServerReading reading) =>
        told.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege => new LocalizedMessage("Sources.NoPermission", reading.Server.User, reading.Subject),
            PostgresErrorCodes.ReadOnlySqlTransaction when reading.Query is not null => new LocalizedMessage("Sources.QueryNotAllowed"),
            // Messages about the text of a query name what the administrator has written, and no values of customers.
            ['4', '2', ..] or PostgresErrorCodes.FeatureNotSupported when reading.Query is { } query => SourceQuery.Wrong(
                query,
                told.MessageText,
                told.Position - 1 - Before
            ),
            PostgresErrorCodes.InvalidPassword => new LocalizedMessage("Sources.SignInRefused", reading.Server.Host, reading.Server.User),
            PostgresErrorCodes.InvalidAuthorizationSpecification => new LocalizedMessage(
                "Sources.UserNotAdmitted",
                reading.Server.Host,
                reading.Server.User
            ),
            PostgresErrorCodes.InvalidCatalogName => new LocalizedMessage(
                "Sources.NoDatabase",
                reading.Server.Host,
                reading.Server.Database
            ),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => new LocalizedMessage(
                "Sources.NoTable",
                reading.Name,
                reading.Subject
            ),
            PostgresErrorCodes.QueryCanceled or "25P03" or "25P04" => ServerFaults.TimedOut(reading),
            PostgresErrorCodes.ReadOnlySqlTransaction => new LocalizedMessage("Sources.WouldWrite", reading.Subject),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => SourceFault.ServerGone(reading.Name),
            // Out of connections, memory or disk; starting; a conflict on a standby; a deadlock.
            ['5', '3', ..] or PostgresErrorCodes.CannotConnectNow or ['4', '0', ..] => SourceFault.ServerBusy(reading.Name),
            ['0', '8', ..] => SourceFault.ServerGone(reading.Name),
            _ => new LocalizedMessage("Sources.ServerFault", reading.Subject, told.SqlState),
        };
}
