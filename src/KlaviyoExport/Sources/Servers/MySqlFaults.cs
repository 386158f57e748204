using System.Globalization;
using MySqlConnector;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// Converts error numbers of MySQL and MariaDB to messages. The server's own text is not repeated, because it may contain customer data.
/// </summary>
internal static class MySqlFaults
{
    // Numbers that only one of the servers has.
    private const int LackingView = 1356;
    private const int AccountLockedInMariaDb = 4151;
    private const int StatementTimeInMariaDb = 1969;
    private const int KilledInMariaDb = 1927;
    private const int ReadOnlyTransaction = 1792;

    public static SourceFault? Explain(Exception exception, ServerReading reading) =>
        exception switch
        {
            _ when ServerFaults.OfConnection(exception, reading) is { } way => way,
            _ when ServerFaults.Find<MySqlException>(exception) is { Number: > 0 } told
                    && told.ErrorCode != MySqlErrorCode.UnableToConnectToHost => OfQuery(told, reading) ?? Explain(told.Number, reading),
            MySqlException { ErrorCode: MySqlErrorCode.CommandTimeoutExpired } => ServerFaults.TimedOut(reading),
            // The driver has no number of its own for these.
            MySqlException when Says(exception, "does not support SSL") => new LocalizedMessage(
                "Sources.TlsNotOffered",
                reading.Server.Host
            ),
            MySqlException when Says(exception, "AllowPublicKeyRetrieval") || Says(exception, "secure connection") => new LocalizedMessage(
                "Sources.PasswordNeedsTls",
                reading.Server.Host
            ),
            MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost } when ServerFaults.Find<IOException>(exception) is not null =>
                SourceFault.ServerGone(reading.Name),
            MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost } => SourceFault.HostUnreachable(
                reading.Server.Host,
                reading.Port
            ),
            MySqlException or IOException => SourceFault.ServerGone(reading.Name),
            TimeoutException => ServerFaults.TimedOut(reading),
            // The driver closes a reader whose connection broke.
            InvalidOperationException => SourceFault.ServerGone(reading.Name),
            _ => null,
        };

    /// <summary>Messages about the text of a query name what the administrator has written, and no values of customers.</summary>
    private static SourceFault? OfQuery(MySqlException told, ServerReading reading) =>
        reading.Query is null ? null
        : told.Number == ReadOnlyTransaction ? (SourceFault)new LocalizedMessage("Sources.QueryNotAllowed")
        : told.SqlState is ['4', '2', ..] && told.Number is not (1044 or 1045 or 1142 or 1143 or 1370 or 1410)
            ? (SourceFault)SourceQuery.Wrong(reading.Query, told.Message, null)
        : null;

    internal static SourceFault Explain(int number, ServerReading reading) =>
        number switch
        {
            1045 or 1698 or 1820 or 1862 or 3118 or AccountLockedInMariaDb => new LocalizedMessage(
                "Sources.SignInRefused",
                reading.Server.Host,
                reading.Server.User
            ),
            1130 or 1251 or 3159 or 3955 or 4031 => new LocalizedMessage(
                "Sources.AccountNotAdmitted",
                reading.Server.Host,
                reading.Server.User
            ),
            1044 or 1049 => new LocalizedMessage("Sources.NoDatabase", reading.Server.Host, reading.Server.Database),
            1142 or 1143 or 1227 or 1370 or LackingView => new LocalizedMessage(
                "Sources.NoPermission",
                reading.Server.User,
                reading.Subject
            ),
            1051 or 1146 or 1109 => new LocalizedMessage("Sources.NoTable", reading.Name, reading.Subject),
            1317 or 3024 or StatementTimeInMariaDb => ServerFaults.TimedOut(reading),
            ReadOnlyTransaction => new LocalizedMessage("Sources.WouldWrite", reading.Subject),
            // Out of connections, memory, threads or disk; a lock; a deadlock; too many failed connections of this machine.
            1021 or 1037 or 1038 or 1040 or 1041 or 1114 or 1129 or 1135 or 1203 or 1205 or 1213 or 1226 => SourceFault.ServerBusy(
                reading.Name
            ),
            // Shutting down; killed; the connection broke.
            1053 or 1077 or 1079 or 1080 or 1152 or 1153 or (>= 1156 and <= 1161) or 1184 or KilledInMariaDb or 2006 or 2013 or 3169 =>
                SourceFault.ServerGone(reading.Name),
            _ => new LocalizedMessage("Sources.ServerFault", reading.Subject, number.ToString(CultureInfo.InvariantCulture)),
        };

    private static bool Says(Exception exception, string words)
    {
        for (var one = exception; one is not null; one = one.InnerException)
            if (one.Message.Contains(words, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
