namespace KlaviyoExport.Sources.Servers;

/// <summary>Where a draft says the server is.</summary>
internal static class ServerDraft
{
    /// <summary>What a person entered, trimmed and checked.</summary>
    /// <exception cref="SourceException">Something is missing, or is not what it should be.</exception>
    public static SourceServer Of(SourceDraft draft)
    {
        var host = Needed(draft.Host, "Sources.HostNeeded");
        // One name or address and nothing else: drivers take lists, pipes and files for hosts as well.
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

    /// <summary>Host, port and database as one word.</summary>
    public static string Place(SourceServer server, SourceKind kind) =>
        FormattableString.Invariant($"{server.Host}:{server.Port ?? ServerDialect.Of(kind).UsualPort}/{server.Database}");

    private static string Needed(string? entered, string otherwise) =>
        entered?.Trim() is { Length: > 0 } value ? value : throw new SourceException(new LocalizedMessage(otherwise));
}
