using System.Globalization;
using KlaviyoExport.Sources.Entra;
using Microsoft.Data.SqlClient;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// Converts error numbers of SQL Server to messages. The server's own text is not repeated, because it may contain customer data.
/// </summary>
internal static class SqlServerFaults
{
    public static SourceFault? Explain(Exception exception, ServerReading reading) =>
        exception switch
        {
            _ when ServerFaults.OfConnection(exception, reading) is { } way => way,
            _ when ServerFaults.Find<SqlException>(exception) is { } told => OfQuery(told, reading)
                ?? Explain(told.Number, told.Class, reading),
            TimeoutException => ServerFaults.TimedOut(reading),
            IOException => SourceFault.ServerGone(reading.Name),
            // SqlClient closes the connection of a reader when the server disappears.
            InvalidOperationException => SourceFault.ServerGone(reading.Name),
            _ => null,
        };

    /// <summary>
    /// Messages about the text of a query name what the administrator has written, and no values of customers: syntax errors (class 15),
    /// and unknown or ambiguous names.
    /// </summary>
    private static SourceFault? OfQuery(SqlException told, ServerReading reading) =>
        reading.Query is not null && (told.Class == 15 || told.Number is 195 or 207 or 208 or 209 or 4104 or 4121 or 8120 or 8155 or 8156)
            ? (SourceFault)new LocalizedMessage("Sources.QueryWrongLine", told.Message, Math.Max(1, told.LineNumber - 1))
            : null;

    internal static SourceFault Explain(int number, byte severity, ServerReading reading) =>
        number switch
        {
            18456 or 40000 when EntraHosts.IsDataverse(reading.Server.Host) => new LocalizedMessage(
                "Sources.DataverseRefused",
                reading.Server.Host
            ),
            18456 when reading.Server.SignIn.IsEntra() => new LocalizedMessage(
                "Sources.EntraUserUnknown",
                reading.Server.Host,
                reading.Server.Database
            ),
            40615 or 40914 or 47073 => new LocalizedMessage("Sources.FirewallRefused", reading.Server.Host),
            40532 => new LocalizedMessage("Sources.NoSuchServer", reading.Server.Host),
            18456 or 18452 or 18470 or 18486 or 18487 or 18488 => new LocalizedMessage(
                "Sources.SignInRefused",
                reading.Server.Host,
                reading.Server.User
            ),
            18401
            or 18461
            or 40613
            or 40501
            or 40197
            or 49918
            or 49919
            or 49920
            or 10928
            or 10929
            or 10936
            or (>= 40549 and <= 40553)
            or 1205
            or 3960
            or 701
            or 1204
            or 1222 => SourceFault.ServerBusy(reading.Name),
            4060 or 4064 or 916 or 911 => new LocalizedMessage("Sources.NoDatabase", reading.Server.Host, reading.Server.Database),
            229 or 230 or 300 or 297 => new LocalizedMessage(
                "Sources.NoPermission",
                reading.Server.User.Length > 0 ? reading.Server.User : "Microsoft Entra",
                reading.Subject
            ),
            208 => new LocalizedMessage("Sources.NoTable", reading.Name, reading.Subject),
            11001 or 11002 or 11003 or 11004 => SourceFault.HostUnknown(reading.Server.Host),
            10061 => SourceFault.ConnectionRefused(reading.Server.Host, reading.Port),
            20 or 21 => new LocalizedMessage("Sources.TlsNotOffered", reading.Server.Host),
            -2146893019 or -2146762487 => new LocalizedMessage("Sources.CertificateNotTrusted", reading.Server.Host),
            2 or 53 or 40 or 10060 or 1225 or 258 => SourceFault.HostUnreachable(reading.Server.Host, reading.Port),
            -2 => ServerFaults.TimedOut(reading),
            3906 or 3908 => new LocalizedMessage("Sources.WouldWrite", reading.Subject),
            // From severity 20 on the server has closed the connection. Numbers of 0 or less are driver errors for a broken connection.
            _ when severity >= 20 || number <= 0 || number is 64 or 121 or 233 or 596 or 6005 or 10053 or 10054 => SourceFault.ServerGone(
                reading.Name
            ),
            _ => new LocalizedMessage("Sources.ServerFault", reading.Subject, number.ToString(CultureInfo.InvariantCulture)),
        };
}
