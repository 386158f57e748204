using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources;

/// <summary>A source as a person fills it in. Texts as typed; the service trims and checks them.</summary>
public sealed class SourceDraft
{
    /// <summary>Null: a new source.</summary>
    public int? Id { get; set; }

    public string Name { get; set; } = "";

    public SourceKind Kind { get; set; }

    /// <summary>Full path, or what <see cref="SourceUploads.SaveAsync"/> returned.</summary>
    public string Location { get; set; } = "";

    /// <summary>One character or "tab"; empty: found out.</summary>
    public string? Delimiter { get; set; }

    /// <summary>Of a database.</summary>
    public string? Table { get; set; }

    public string? KeyColumn { get; set; }

    /// <summary>Of a database server: a name or an address.</summary>
    public string? Host { get; set; }

    /// <summary>Null: the usual one.</summary>
    public int? Port { get; set; }

    public string? Database { get; set; }

    public string? User { get; set; }

    /// <summary>As typed; empty: the one that is kept, which is never given out.</summary>
    [JsonIgnore]
    public string? Password { get; set; }

    public ServerTls Tls { get; set; }

    /// <summary>Full path of a certificate; PostgreSQL.</summary>
    public string? RootCertificate { get; set; }

    /// <summary>The version that was edited.</summary>
    public int Version { get; set; }

    /// <summary>
    /// Whether a password must be entered: none is kept, or the one that is was entered for another place, user or kind of TLS.
    /// </summary>
    /// <param name="kept">What the kept password is for; null: none is kept.</param>
    public bool NeedsPassword(SourceServer? kept) =>
        string.IsNullOrEmpty(Password)
        && (
            kept is null
            || (Host?.Trim(), Port, User?.Trim(), Tls, RootCertificate?.Trim() ?? "")
                != (kept.Host, kept.Port, kept.User, kept.Tls, kept.RootCertificate ?? "")
        );

    public static SourceDraft Of(Source source) =>
        new()
        {
            Id = source.Id,
            Name = source.Name,
            Kind = source.Kind,
            Location = source.Location,
            Delimiter = source.Delimiter,
            Table = source.Table,
            KeyColumn = source.KeyColumn,
            Host = source.Server?.Host,
            Port = source.Server?.Port,
            Database = source.Server?.Database,
            User = source.Server?.User,
            Tls = source.Server?.Tls ?? ServerTls.Verified,
            RootCertificate = source.Server?.RootCertificate,
            Version = source.Version,
        };
}
