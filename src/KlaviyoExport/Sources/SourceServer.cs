using System.Text.Json.Serialization;
using KlaviyoExport.Sources.Odbc;

namespace KlaviyoExport.Sources;

/// <summary>The security of the connection to a database server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServerTls>))]
public enum ServerTls
{
    /// <summary>Encrypted. The certificate of the server must be trusted and match its name.</summary>
    Verified,

    /// <summary>Encrypted, without verifying the server.</summary>
    Encrypted,

    /// <summary>Not encrypted. Only for a server on this machine or in a trusted network.</summary>
    None,
}

/// <summary>How to reach a database server, without the password.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="User">The user. For a service principal or a managed identity, its client ID, which is empty for the identity that Azure
/// assigned to the machine.</param>
/// <param name="Port">Null for the default port of the server.</param>
/// <param name="RootCertificate">The full path of a root certificate (PostgreSQL, MySQL). Null to use the authorities that the machine
/// trusts.</param>
public sealed record SourceServer(
    string Host,
    int? Port,
    string Database,
    string User,
    ServerTls Tls = ServerTls.Verified,
    string? RootCertificate = null
)
{
    /// <summary>How to sign in (SQL Server). Sources of earlier versions sign in with a password.</summary>
    public ServerSignIn SignIn { get; init; }

    /// <summary>The tenant of Microsoft Entra, by ID or domain. Only for a service principal, otherwise empty.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Whether it is opened with a password or client secret.</summary>
    [JsonIgnore]
    public bool HasPassword => Odbc?.UsesPassword ?? SignIn.HasPassword();

    /// <summary>What an ODBC driver connects to. There is then no host, port or database. Null for other kinds.</summary>
    public OdbcTarget? Odbc { get; init; }

    /// <summary>
    /// Whether a password that was entered for this server can be used for another one: the same server and user, with at least the same
    /// protection.
    /// </summary>
    public bool TakesPasswordOf(SourceServer other) => this with { Database = other.Database } == other;
}
