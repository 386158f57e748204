using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Servers;

/// <summary>Opens database servers. The password is decrypted here, goes to the driver and nowhere else.</summary>
internal sealed class ServerSessions(SecretProtector secrets, SourcePaths paths, IOptions<SourceOptions> options)
{
    /// <summary>The most a look may take that a person waits for: a test, a preview, a count while a segment is being defined.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMinutes(1);

    /// <param name="source">As it stands in the store.</param>
    /// <param name="isGlance">Whether a person waits for it.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="SourceException">It cannot be opened; the message says why.</exception>
    public Task<ServerSession> OpenAsync(Source source, bool isGlance, CancellationToken cancellationToken) =>
        OpenAsync(source.Kind, source.Server!, Reveal(source), source.Name, isGlance, cancellationToken);

    /// <param name="kind">Of a server.</param>
    /// <param name="server">Where and as whom.</param>
    /// <param name="password">In clear.</param>
    /// <param name="name">What errors call the source.</param>
    /// <param name="isGlance">Whether a person waits for it.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="SourceException">It cannot be opened; the message says why.</exception>
    public Task<ServerSession> OpenAsync(
        SourceKind kind,
        SourceServer server,
        string password,
        string name,
        bool isGlance,
        CancellationToken cancellationToken
    )
    {
        var dialect = ServerDialect.Of(kind);
        var certificate = server.RootCertificate is { } path ? paths.Resolve(path) : null;
        var timeout = options.Value.StatementTimeout;
        var reading = new ServerReading(
            name,
            server,
            server.Port ?? dialect.UsualPort,
            name,
            isGlance && timeout > Glance ? Glance : timeout
        );
        return ServerSession.OpenAsync(dialect, dialect.Connect(server, password, certificate), reading, cancellationToken);
    }

    public byte[] Protect(string password) => secrets.ProtectCredential(password);

    /// <summary>The password of a draft: as typed, or the one that is kept, which goes nowhere but where it was entered for.</summary>
    /// <exception cref="SourceException">It must be entered, or entered again.</exception>
    public string PasswordOf(SourceDraft draft, SourceServer server, Source? kept)
    {
        if (!string.IsNullOrEmpty(draft.Password))
            return draft.Password;
        if (kept is not { Server: { } known, Password: not null })
            throw new SourceException(new LocalizedMessage("Sources.PasswordNeeded"));
        if (kept.Kind != draft.Kind || !server.TakesPasswordOf(known))
            throw new SourceException(new LocalizedMessage("Sources.PasswordAgain"));
        return Reveal(kept);
    }

    /// <exception cref="SourceException">The keys it was encrypted with are gone.</exception>
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
