using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Servers;

/// <summary>Opens sessions with database servers. The password is decrypted here and passed only to the driver.</summary>
internal sealed class ServerSessions(SecretProtector secrets, SourcePaths paths, IOptions<SourceOptions> options)
{
    /// <param name="source">The stored source.</param>
    /// <param name="isGlance">Whether a person is waiting.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SourceException">The server cannot be opened. The message says why.</exception>
    public Task<ServerSession> OpenAsync(Source source, bool isGlance, CancellationToken cancellationToken) =>
        OpenAsync(source.Kind, source.Server!, Reveal(source), source.Name, source.Query, isGlance, cancellationToken);

    /// <param name="kind">The kind of server.</param>
    /// <param name="server">The address, the database and the user.</param>
    /// <param name="password">The password, not encrypted.</param>
    /// <param name="name">The name of the source in error messages.</param>
    /// <param name="query">The query that is read. Null for a table.</param>
    /// <param name="isGlance">Whether a person is waiting.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SourceException">The server cannot be opened. The message says why.</exception>
    public Task<ServerSession> OpenAsync(
        SourceKind kind,
        SourceServer server,
        string password,
        string name,
        string? query,
        bool isGlance,
        CancellationToken cancellationToken
    )
    {
        var dialect = ServerDialect.Of(kind, server);
        var certificate = server.RootCertificate is { } path ? paths.Resolve(path) : null;
        var reading = new ServerReading(
            name,
            server,
            server.Port ?? dialect.UsualPort,
            name,
            isGlance ? options.Value.GlanceTimeout : options.Value.StatementTimeout,
            query
        );
        return ServerSession.OpenAsync(dialect, dialect.Connect(server, password, certificate), reading, cancellationToken);
    }

    public byte[] Protect(string password) => secrets.ProtectCredential(password);

    /// <summary>
    /// Returns the password of a draft: the entered one, or the stored one, which is used only for the server it was entered for.
    /// </summary>
    /// <exception cref="SourceException">The password must be entered, or entered again.</exception>
    public string PasswordOf(SourceDraft draft, SourceServer server, Source? kept)
    {
        if (server.Odbc is { UsesPassword: false })
            return "";
        if (!string.IsNullOrEmpty(draft.Password))
            return draft.Password;
        if (kept is not { Server: { } known, Password: not null })
            throw new SourceException(new LocalizedMessage("Sources.PasswordNeeded"));
        if (kept.Kind != draft.Kind || !server.TakesPasswordOf(known))
            throw new SourceException(new LocalizedMessage("Sources.PasswordAgain"));
        return Reveal(kept);
    }

    /// <exception cref="SourceException">The encryption keys are missing.</exception>
    private string Reveal(Source source)
    {
        try
        {
            return secrets.UnprotectCredential(source.Password!);
        }
        catch (CryptographicException)
        {
            throw new SourceException(new LocalizedMessage("Sources.PasswordLost", source.Name));
        }
    }
}
