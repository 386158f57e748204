using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources;

/// <summary>What is demanded of the way to a database server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServerTls>))]
public enum ServerTls
{
    /// <summary>Encrypted, to a server that proves who it is: its certificate is trusted and bears its name.</summary>
    Verified,

    /// <summary>Encrypted, to whoever answers.</summary>
    Encrypted,

    /// <summary>In clear, for a server on this machine or a wire that nobody else reaches.</summary>
    None,
}

/// <summary>How to reach a database server, save the password.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">Null: the server's usual one.</param>
/// <param name="RootCertificate">PostgreSQL: full path of the certificate that vouches for the server's; null: those the machine
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
    /// <summary>
    /// Whether a password that was entered for this server would go to the same one, as the same user, no less protected.
    /// </summary>
    public bool TakesPasswordOf(SourceServer other) => this with { Database = other.Database } == other;
}
