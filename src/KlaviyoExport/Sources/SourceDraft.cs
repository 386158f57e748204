using System.Text.Json.Serialization;
using KlaviyoExport.Secrets;
using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Sources;

/// <summary>A source as filled in by a person. Texts are as entered; the service trims and validates them.</summary>
public sealed class SourceDraft
{
    /// <summary>Null for a new source.</summary>
    public int? Id { get; set; }

    public string Name { get; set; } = "";

    public SourceKind Kind { get; set; }

    /// <summary>The full path, or the result of <see cref="SourceUploads.SaveAsync"/>.</summary>
    public string Location { get; set; } = "";

    /// <summary>One character or "tab". Empty to detect it.</summary>
    public string? Delimiter { get; set; }

    /// <summary>How files are read.</summary>
    public FileDialect Dialect { get; set; } = new();

    /// <summary>The table or view of a database.</summary>
    public string? Table { get; set; }

    /// <summary>Whether a query is read instead of a table.</summary>
    public bool IsQuery { get; set; }

    /// <summary>One SELECT statement, at most 20,000 characters.</summary>
    public string? Query { get; set; }

    /// <summary>The columns that identify a profile together, in order. Empty texts are ignored.</summary>
    public List<string> KeyColumns { get; set; } = [];

    /// <summary>The columns of files that are loaded. The key is always among them. Null or empty for all columns.</summary>
    public List<string>? KeptFields { get; set; }

    /// <summary>The column of a database server with the time of the last change of a row. Empty for none.</summary>
    public string? ChangedAtColumn { get; set; }

    /// <summary>The hours after which the data is too old, from 1 to <see cref="Freshness.MostHours"/>. Null for no limit.</summary>
    public int? MaxAgeHours { get; set; }

    /// <summary>Whether data that is too old stops the exports. Otherwise it is only told.</summary>
    public bool StopsWhenOld { get; set; }

    /// <summary>How the values of fields are written, as decided by people.</summary>
    public IReadOnlyList<FormatChoice> Formats { get; set; } = [];

    /// <summary>The name or address of a database server.</summary>
    public string? Host { get; set; }

    /// <summary>Null for the default port.</summary>
    public int? Port { get; set; }

    public string? Database { get; set; }

    public string? User { get; set; }

    /// <summary>Where the files are in a store.</summary>
    public RemoteFiles Remote { get; set; } = new();

    /// <summary>The entered passphrase of a private key, which is entered as the password.</summary>
    [JsonIgnore]
    public string? Passphrase { get; set; }

    /// <summary>
    /// The entered password, or the secret of a store. Empty to keep the stored one, which is never returned.
    /// </summary>
    [JsonIgnore]
    public string? Password { get; set; }

    /// <summary>The kind of place where the password is kept. Null when it is entered here and stored.</summary>
    public SecretPlaceKind? PasswordIn { get; set; }

    /// <summary>The name of the Key Vault secret or variable, or the full path of the file, with the password.</summary>
    public string? PasswordName { get; set; }

    /// <summary>How to sign in (SQL Server).</summary>
    public ServerSignIn SignIn { get; set; }

    /// <summary>The tenant of a service principal.</summary>
    public string? Tenant { get; set; }

    public ServerTls Tls { get; set; }

    /// <summary>The full path of a root certificate (PostgreSQL, MySQL).</summary>
    public string? RootCertificate { get; set; }

    /// <summary>Whether it becomes the source of the sample customers. Not something a person enters.</summary>
    internal bool IsSample { get; init; }

    /// <summary>The fields of an ODBC source.</summary>
    public OdbcDraft Odbc { get; set; } = new();

    /// <summary>The version of the source that was edited.</summary>
    public int Version { get; set; }

    /// <summary>
    /// Whether a password must be entered: none is stored, or the stored one was entered for another server, user or TLS setting.
    /// </summary>
    /// <param name="kept">The server of the stored password. Null when none is stored.</param>
    public bool NeedsPassword(SourceServer? kept) =>
        HasPassword
        && PasswordIn is null
        && string.IsNullOrEmpty(Password)
        && (
            Kind == SourceKind.Odbc
                ? (kept?.User, kept?.Odbc) != (User?.Trim() ?? "", Odbc.ToTarget())
                : kept is null
                    || (Host?.Trim(), Port, User?.Trim(), Tls, RootCertificate?.Trim() ?? "", SignIn, Tenant?.Trim() ?? "")
                        != (kept.Host, kept.Port, kept.User, kept.Tls, kept.RootCertificate ?? "", kept.SignIn, kept.Tenant)
        );

    /// <summary>Whether the name of the place with the password is missing.</summary>
    [JsonIgnore]
    public bool LacksPasswordName => HasPassword && PasswordIn is not null && string.IsNullOrWhiteSpace(PasswordName);

    /// <summary>Whether the source is opened with a password or client secret.</summary>
    [JsonIgnore]
    public bool HasPassword =>
        Kind switch
        {
            SourceKind.SqlServer => SignIn.HasPassword(),
            SourceKind.Odbc => Odbc.UsesPassword,
            SourceKind.Csv or SourceKind.Sqlite => false,
            _ => !Kind.IsRemoteFiles() || Remote.NeedsSecret,
        };

    /// <summary>Whether the secret of a store must be entered: none is stored, or the stored one was entered for another store.</summary>
    /// <param name="kept">The store of the stored secret. Null when none is stored.</param>
    public bool NeedsSecret(RemoteFiles? kept)
    {
        if (!HasPassword || PasswordIn is not null || !string.IsNullOrEmpty(Password))
            return false;
        try
        {
            return kept is null || !Remote.Checked(Kind).TakesSecretOf(kept);
        }
        catch (SourceException)
        {
            // Something else is missing, which is asked for first.
            return kept is null;
        }
    }

    public static SourceDraft Of(Source source) =>
        new()
        {
            Id = source.Id,
            Name = source.Name,
            Kind = source.Kind,
            Location = source.Location,
            Delimiter = source.Delimiter,
            Dialect = source.Dialect is { } dialect ? dialect with { } : new FileDialect(),
            Table = source.Table,
            IsQuery = source.Query is not null,
            Query = source.Query,
            KeyColumns = [.. source.KeyColumns],
            KeptFields = source.KeptFields is { } kept ? [.. kept] : null,
            ChangedAtColumn = source.ChangedAtColumn,
            MaxAgeHours = source.MaxAgeHours,
            StopsWhenOld = source.StopsWhenOld,
            Formats = [.. source.Formats],
            Remote = source.Remote is { } remote ? remote with { } : new RemoteFiles(),
            Host = source.Server?.Host,
            Port = source.Server?.Port,
            Database = source.Server?.Database,
            User = source.Server?.User,
            PasswordIn = source.PasswordFrom?.Kind,
            PasswordName = source.PasswordFrom?.Name,
            SignIn = source.Server?.SignIn ?? ServerSignIn.Password,
            Tenant = source.Server?.Tenant,
            Tls = source.Server?.Tls ?? ServerTls.Verified,
            RootCertificate = source.Server?.RootCertificate,
            Odbc = OdbcDraft.Of(source.Server?.Odbc),
            Version = source.Version,
        };
}
