using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;

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

    public ServerTls Tls { get; init; }

    public string? RootCertificate { get; init; }

    public string? ChangedAtColumn { get; init; }

    public int? MaxAgeHours { get; init; }

    public bool StopsWhenOld { get; init; }

    public IReadOnlyList<FormatChoice> Formats { get; init; } = [];

    /// <summary>Returns the source as a person would fill it in, without its password.</summary>
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
            Tls = Tls,
            RootCertificate = RootCertificate,
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
            Path = source.Kind.IsServer() ? null : source.Location,
            KeyColumns = source.KeyColumns,
            Delimiter = source.Delimiter == "\t" ? "tab" : source.Delimiter,
            Dialect = source.Dialect ?? new FileDialect(),
            Table = source.Table,
            Query = source.Query,
            Host = source.Server?.Host,
            Port = source.Server?.Port,
            Database = source.Server?.Database,
            User = source.Server?.User,
            Password = password,
            Tls = source.Server?.Tls ?? ServerTls.Verified,
            RootCertificate = source.Server?.RootCertificate,
            ChangedAtColumn = source.ChangedAtColumn,
            MaxAgeHours = source.MaxAgeHours,
            StopsWhenOld = source.StopsWhenOld,
            Formats = source.Formats,
        };
}
