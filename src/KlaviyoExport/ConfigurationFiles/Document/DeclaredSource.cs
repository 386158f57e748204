using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>A source in a configuration file.</summary>
internal sealed record DeclaredSource
{
    public ItemName Name { get; init; }

    public SourceKind Kind { get; init; }

    /// <summary>The full path of a file, a folder or a SQLite database.</summary>
    public string? Path { get; init; }

    public KeyColumns KeyColumns { get; init; } = [];

    public string? Delimiter { get; init; }

    public FileDialect Dialect { get; init; } = new();

    public string? Table { get; init; }

    public string? Query { get; init; }

    public string? Host { get; init; }

    public int? Port { get; init; }

    public string? Database { get; init; }

    public string? User { get; init; }

    public SecretReference? Password { get; init; }

    public ServerSignIn SignIn { get; init; }

    public string? Tenant { get; init; }

    public ServerTls Tls { get; init; }

    public string? RootCertificate { get; init; }

    /// <summary>The name of an ODBC data source of the server.</summary>
    public string? DataSource { get; init; }

    /// <summary>The name of an ODBC driver of the server.</summary>
    public string? Driver { get; init; }

    public OdbcPreset Preset { get; init; }

    /// <summary>The keys of the connection string of an ODBC driver.</summary>
    public IReadOnlyList<OdbcKey> DriverKeys { get; init; } = [];

    /// <summary>Where files are in a store.</summary>
    public RemoteFiles? Remote { get; init; }

    /// <summary>Whether the source has a path on the server.</summary>
    public bool HasPath => !Kind.IsServer() && !Kind.IsRemoteFiles();

    /// <summary>The columns of files that are loaded, with the key. Empty for all.</summary>
    public IReadOnlyList<string> KeptFields { get; init; } = [];

    public string? ChangedAtColumn { get; init; }

    public int? MaxAgeHours { get; init; }

    public bool StopsWhenOld { get; init; }

    public IReadOnlyList<FormatChoice> Formats { get; init; } = [];

    /// <summary>Returns the source as a person would fill it in, without a stored password.</summary>
    public SourceDraft ToDraft() =>
        new()
        {
            Name = Name.Text,
            Kind = Kind,
            Location = Path ?? "",
            KeyColumns = [.. KeyColumns],
            Delimiter = Delimiter,
            Dialect = Dialect with { },
            Table = Table,
            IsQuery = Query is not null,
            Query = Query,
            Host = Host,
            Port = Port,
            Database = Database,
            User = User,
            PasswordIn = Password?.Place?.Kind,
            PasswordName = Password?.Place?.Name,
            SignIn = SignIn,
            Tenant = Tenant,
            Tls = Tls,
            RootCertificate = RootCertificate,
            Odbc = OdbcDraft.Of(new OdbcTarget(DataSource, Driver, Preset, DriverKeys, Password is not null)),
            Remote = Remote is null ? new RemoteFiles() : Remote with { },
            KeptFields = [.. KeptFields],
            ChangedAtColumn = ChangedAtColumn,
            MaxAgeHours = MaxAgeHours,
            StopsWhenOld = StopsWhenOld,
            Formats = Formats,
        };

    public static DeclaredSource Of(Source source, SecretReference? password) =>
        new()
        {
            Name = source.Name,
            Kind = source.Kind,
            Path = source.Server is null && source.Remote is null ? source.Location : null,
            KeyColumns = source.KeyColumns,
            Delimiter = source.Delimiter == "\t" ? "tab" : source.Delimiter,
            Dialect = source.Dialect ?? new FileDialect(),
            Table = source.Table,
            Query = source.Query,
            Host = Entered(source.Server?.Host),
            Port = source.Server?.Port,
            Database = Entered(source.Server?.Database),
            User = Entered(source.Server?.User),
            DataSource = source.Server?.Odbc?.DataSource,
            Driver = source.Server?.Odbc?.Driver,
            Preset = source.Server?.Odbc?.Preset ?? OdbcPreset.Automatic,
            DriverKeys = source.Server?.Odbc?.Keys ?? [],
            Password = password,
            SignIn = source.Server?.SignIn ?? ServerSignIn.Password,
            Tenant = source.Server?.Tenant is { Length: > 0 } tenant ? tenant : null,
            Tls = source.Server?.Tls ?? ServerTls.Verified,
            RootCertificate = source.Server?.RootCertificate,
            Remote = source.Remote,
            KeptFields = source.KeptFields ?? [],
            ChangedAtColumn = source.ChangedAtColumn,
            MaxAgeHours = source.MaxAgeHours,
            StopsWhenOld = source.StopsWhenOld,
            Formats = source.Formats,
        };

    private static string? Entered(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
