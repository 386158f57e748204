using KlaviyoExport.Sources.Odbc;

namespace KlaviyoExport.Sources.Servers;

/// <summary>Validates the server fields of a draft.</summary>
internal static class ServerDraft
{
    /// <summary>Returns the entered values, trimmed and validated.</summary>
    /// <exception cref="SourceException">A value is missing or not valid.</exception>
    public static SourceServer Of(SourceDraft draft)
    {
        if (draft.Kind == SourceKind.Odbc)
            return OfDriver(draft);
        var host = Needed(draft.Host, "Sources.HostNeeded");
        // A single name or address: drivers also accept lists, pipes and files as a host.
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new SourceException(new LocalizedMessage("Sources.HostInvalid", host));
        if (draft.Port is < 1 or > 65_535)
            throw new SourceException(new LocalizedMessage("Sources.PortInvalid"));
        var certificate = draft.Kind == SourceKind.PostgreSql && draft.Tls == ServerTls.Verified ? draft.RootCertificate?.Trim() : null;
        return new SourceServer(
            host,
            draft.Port,
            Needed(draft.Database, "Sources.DatabaseNeeded"),
            Needed(draft.User, "Sources.UserNeeded"),
            draft.Tls,
            string.IsNullOrEmpty(certificate) ? null : certificate
        );
    }

    /// <summary>Returns host, port and database as one text, or the data source or driver.</summary>
    public static string Place(SourceServer server, SourceKind kind) =>
        server.Odbc?.Place
        ?? FormattableString.Invariant($"{server.Host}:{server.Port ?? ServerDialect.Of(kind).UsualPort}/{server.Database}");

    private static SourceServer OfDriver(SourceDraft draft)
    {
        var (target, user) = (draft.Odbc.ToTarget(), draft.User?.Trim() ?? "");
        OdbcRules.Demand(target, user);
        return new SourceServer("", null, "", user) { Odbc = target };
    }

    private static string Needed(string? entered, string otherwise) =>
        entered?.Trim() is { Length: > 0 } value ? value : throw new SourceException(new LocalizedMessage(otherwise));
}
