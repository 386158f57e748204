using System.Net.Sockets;
using KlaviyoExport.Sources.Entra;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Sources.Remote;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Servers;

/// <summary>Opens sessions with database servers.</summary>
internal sealed class ServerSessions(
    SourcePasswords passwords,
    EntraTokens tokens,
    SourcePaths paths,
    IOptions<SourceOptions> options,
    MachineAddresses network
)
{
    /// <param name="source">The stored source.</param>
    /// <param name="isGlance">Whether a person is waiting.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SourceException">The server cannot be opened. The message says why.</exception>
    public Task<ServerSession> OpenAsync(Source source, bool isGlance, CancellationToken cancellationToken) =>
        passwords.UseAsync(
            source,
            password => OpenAsync(source.Kind, source.Server!, password, source.Name, source.Query, isGlance, cancellationToken),
            cancellationToken
        );

    /// <param name="kind">The kind of server.</param>
    /// <param name="server">The address, the database and the user.</param>
    /// <param name="password">The password or client secret, not encrypted. Empty when there is none.</param>
    /// <param name="name">The name of the source in error messages.</param>
    /// <param name="query">The query that is read. Null for a table.</param>
    /// <param name="isGlance">Whether a person is waiting.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SourceException">The server cannot be opened. The message says why.</exception>
    public async Task<ServerSession> OpenAsync(
        SourceKind kind,
        SourceServer server,
        string password,
        string name,
        string? query,
        bool isGlance,
        CancellationToken cancellationToken
    )
    {
        foreach (var host in server.Odbc is { } target ? OdbcHosts.Of(target) : [server.Host])
            await DemandPermittedAsync(host, cancellationToken);
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
        var secret = server.SignIn.IsEntra() ? await tokens.ReadAsync(server, password, name, cancellationToken) : password;
        return await ServerSession.OpenAsync(dialect, dialect.Connect(server, secret, certificate), reading, cancellationToken);
    }

    // A host that is unknown is told by the driver, in the words of its kind.
    private async Task DemandPermittedAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            await RemoteHttp.ResolveAsync(network, host, cancellationToken);
        }
        catch (Exception fault) when (fault is SocketException or ArgumentException)
        {
            // Nor can a driver connect to what is not a name.
        }
    }
}
