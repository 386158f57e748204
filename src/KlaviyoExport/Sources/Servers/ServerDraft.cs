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
        var certificate = draft.Kind.TakesRootCertificate() && draft.Tls == ServerTls.Verified ? draft.RootCertificate?.Trim() : null;
        var database = Needed(draft.Database, "Sources.DatabaseNeeded");
        var signIn = draft.Kind == SourceKind.SqlServer ? draft.SignIn : ServerSignIn.Password;
        if (signIn.IsEntra() && draft.Tls != ServerTls.Verified)
            throw new SourceException(new LocalizedMessage("Sources.EntraNeedsTls"));
        return new SourceServer(
            host,
            draft.Port,
            database,
            UserOf(draft, signIn),
            draft.Tls,
            string.IsNullOrEmpty(certificate) ? null : certificate
        )
        {
            SignIn = signIn,
            Tenant = signIn == ServerSignIn.ServicePrincipal ? TenantOf(draft) : "",
        };
    }

    private static string UserOf(SourceDraft draft, ServerSignIn signIn) =>
        signIn switch
        {
            ServerSignIn.Password => Needed(draft.User, "Sources.UserNeeded"),
            ServerSignIn.DefaultIdentity => "",
            ServerSignIn.ManagedIdentity when string.IsNullOrWhiteSpace(draft.User) => "",
            _ => Guid.TryParse(Needed(draft.User, "Sources.ClientIdNeeded"), out var id)
                ? id.ToString()
                : throw new SourceException(new LocalizedMessage("Sources.ClientIdNeeded")),
        };

    private static string TenantOf(SourceDraft draft)
    {
        var tenant = Needed(draft.Tenant, "Sources.TenantNeeded");
        return Uri.CheckHostName(tenant) == UriHostNameType.Dns && tenant.Length <= 100
            ? tenant
            : throw new SourceException(new LocalizedMessage("Sources.TenantNeeded"));
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
