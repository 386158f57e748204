using System.Data.Odbc;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>
/// Converts SQLSTATEs of drivers to messages. A driver's own text is repeated only where it cannot contain customer data: when it cannot
/// connect, and for the text of a query.
/// </summary>
internal static class OdbcFaults
{
    private const int LongestText = 500;

    public static SourceFault? Explain(Exception exception, ServerReading reading, OdbcDialect dialect) =>
        exception switch
        {
            _ when ServerFaults.Find<DllNotFoundException>(exception) is not null => new LocalizedMessage("Sources.OdbcMissing"),
            _ when ServerFaults.Find<OdbcException>(exception) is { Errors.Count: > 0 } told => Explain(told.Errors[0], reading, dialect),
            OdbcException => SourceFault.ServerGone(reading.Name),
            TimeoutException when !dialect.IsOpen => new SourceFault(
                SourceFaultKind.Unreachable,
                new LocalizedMessage("Sources.OdbcSilent", Place(reading))
            ),
            TimeoutException => ServerFaults.TimedOut(reading),
            // The framework closes a connection that its driver calls dead.
            InvalidOperationException => SourceFault.ServerGone(reading.Name),
            _ => null,
        };

    private static SourceFault Explain(OdbcError told, ServerReading reading, OdbcDialect dialect) =>
        dialect.IsOpen
            ? OfStatement(told.SQLState, Text(told, dialect), reading, dialect.HasRead)
            : OfConnection(told.SQLState, Text(told, dialect), reading);

    internal static SourceFault OfConnection(string state, string text, ServerReading reading) =>
        state switch
        {
            "IM002" or "IM007" or "IM010" or "IM012" => new LocalizedMessage("Sources.OdbcNotConfigured", Place(reading), text),
            // unixODBC reports a library that cannot be loaded as a warning.
            "01000" or "IM003" or "IM004" or "IM005" or "IM006" => new LocalizedMessage("Sources.OdbcDriverBroken", Place(reading), text),
            "28000" or "28P01" => new LocalizedMessage("Sources.SignInRefused", Place(reading), reading.Server.User),
            "3D000" or "42000" => new LocalizedMessage("Sources.OdbcRefused", Place(reading), text),
            "HYT00" or "HYT01" => new SourceFault(SourceFaultKind.Unreachable, new LocalizedMessage("Sources.OdbcSilent", Place(reading))),
            ['5', '3', ..] or "57P03" => SourceFault.ServerBusy(reading.Name),
            // A wrong host, port, database, password or certificate: most drivers report all of them as 08001.
            _ => new SourceFault(SourceFaultKind.Refused, new LocalizedMessage("Sources.OdbcNotConnected", Place(reading), text)),
        };

    internal static SourceFault OfStatement(string state, string text, ServerReading reading, bool hasRead) =>
        state switch
        {
            // Some drivers have one state for all errors. Before a row was read, it is one in the text.
            "HY000" when reading.Query is { } query && !hasRead => SourceQuery.Wrong(query, text, offset: null),
            "25006" when reading.Query is not null => new LocalizedMessage("Sources.QueryNotAllowed"),
            "25006" => new LocalizedMessage("Sources.WouldWrite", reading.Subject),
            // Messages about the text of a query name what the administrator has written, and no values of customers.
            "37000" or ['4', '2', ..] or ['S', '0', ..] when reading.Query is { } query && state is not "42501" => SourceQuery.Wrong(
                query,
                text,
                offset: null
            ),
            "42501" => new LocalizedMessage("Sources.NoPermission", reading.Server.User, reading.Subject),
            "42S02" or "42P01" or "S0002" or "3F000" => new LocalizedMessage("Sources.NoTable", reading.Name, reading.Subject),
            "HY000" when !hasRead => new LocalizedMessage("Sources.OdbcMayNotRead", reading.Subject, state),
            "42000" or "37000" => new LocalizedMessage("Sources.OdbcMayNotRead", reading.Subject, state),
            "HYT00" or "HYT01" or "HY008" or "57014" or "S1T00" => ServerFaults.TimedOut(reading),
            "57P01" or "57P02" or ['0', '8', ..] => SourceFault.ServerGone(reading.Name),
            ['4', '0', ..] or ['5', '3', ..] or "57P03" or "HY001" or "HY013" or "HY014" => SourceFault.ServerBusy(reading.Name),
            "HYC00" or "IM001" => new LocalizedMessage("Sources.OdbcCannot", Place(reading), state),
            _ => new LocalizedMessage("Sources.ServerFault", reading.Subject, state),
        };

    private static string Place(ServerReading reading) => reading.Server.Odbc!.Place;

    private static string Text(OdbcError told, OdbcDialect dialect)
    {
        var text = dialect.Password.Length == 0 ? told.Message : told.Message.Replace(dialect.Password, "…", StringComparison.Ordinal);
        return text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText), "…");
    }
}
