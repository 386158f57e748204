using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Odbc;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of sources in a file.</summary>
internal static class SourceShapes
{
    private const int LongestPath = 1_000;

    private static readonly ItemShape<FormatChoice> Format = new ItemShape<FormatChoice>("format", new FormatChoice("")) { IsInline = true }
        .With(
            "field",
            "The field.",
            new TextShape(200, trims: false),
            item => item.Field,
            (item, value) => item with { Field = value },
            isRequired: true
        )
        .WithOptional(
            "days",
            "The order of day and month in dates such as 03/04/2026.",
            ChoiceShape.Of(DayOrder.Unknown),
            item => item.Days,
            (item, value) => item with { Days = value }
        )
        .WithOptional(
            "mark",
            "The decimal mark.",
            ChoiceShape.Of<DecimalMark>(),
            item => item.Mark,
            (item, value) => item with { Mark = value }
        );

    private static readonly ItemShape<OdbcKey> DriverKey = new ItemShape<OdbcKey>("driverKey", new OdbcKey("", "")) { IsInline = true }
        .With(
            "name",
            "The name of the key, as the manual of the driver says. Not that of a secret.",
            new TextShape(100),
            item => item.Name,
            (item, value) => item with { Name = value },
            isRequired: true
        )
        .With(
            "value",
            "Its value.",
            new TextShape(LongestPath),
            item => item.Value,
            (item, value) => item with { Value = value },
            isRequired: true
        );

    public static ItemShape<DeclaredSource> Source { get; } =
        new ItemShape<DeclaredSource>("source", new DeclaredSource())
        {
            Check = (source, map, faults) => Checked(source, map.At, faults),
            OneOf = KeyShapes.OneOf,
        }
            .With(
                "name",
                "The unique name of the source.",
                new NameShape(),
                item => item.Name,
                (item, value) => item with { Name = value },
                isRequired: true
            )
            .With(
                "kind",
                "What is read: file (CSV, Excel, JSON or Parquet, one file or a folder), sqlite, a database (postgreSql, mySql also for MariaDB, "
                    + "sqlServer, postgreSqlCompatible for Redshift, CockroachDB and others, odbc), or files in a store (s3, azureBlob, sftp).",
                new ChoiceShape<SourceKind>([
                    ("file", SourceKind.Csv),
                    .. Enum.GetValues<SourceKind>().Where(kind => kind != SourceKind.Csv).Select(kind => (ChoiceShape.WordOf(kind), kind)),
                ]),
                item => item.Kind,
                (item, value) => item with { Kind = value },
                isRequired: true
            )
            .WithOptional(
                "path",
                "The full path of the file or folder, under one of Sources:Roots of the server.",
                new TextShape(LongestPath),
                item => item.Path,
                (item, value) => item with { Path = value },
                item => item.HasPath
            )
            .WithKey("The column that identifies a profile.", item => item.KeyColumns, (item, value) => item with { KeyColumns = value })
            .WithOptional(
                "delimiter",
                "The field separator of CSV files: one character or “tab”. Default: found out.",
                new TextShape(3, trims: false),
                item => item.Delimiter,
                (item, value) => item with { Delimiter = value },
                IsFile
            )
            .WithOptional(
                "encoding",
                "The encoding of text files. Default: found out.",
                ChoiceShape.Of(TextEncodings.Names),
                item => item.Dialect.Encoding,
                (item, value) => item with { Dialect = item.Dialect with { Encoding = value } },
                IsFile
            )
            .WithOptional(
                "backslashEscapes",
                "Whether a backslash escapes quotes in CSV files. Default: found out.",
                new YesNoShape(),
                item => item.Dialect.HasEscape,
                (item, value) => item with { Dialect = item.Dialect with { HasEscape = value } },
                IsFile
            )
            .WithOptional(
                "linesToSkip",
                "The number of lines or rows above the header. Default: found out.",
                new WholeShape(0, FileDialect.MostLines),
                item => item.Dialect.LinesToSkip,
                (item, value) => item with { Dialect = item.Dialect with { LinesToSkip = value } },
                IsFile
            )
            .WithOptional(
                "comment",
                "One character. Lines that start with it are not read.",
                new TextShape(1),
                item => item.Dialect.Comment,
                (item, value) => item with { Dialect = item.Dialect with { Comment = value } },
                IsFile
            )
            .WithOptional(
                "sheet",
                "The sheet of a workbook. Default: the first one.",
                new TextShape(200),
                item => item.Dialect.Sheet,
                (item, value) => item with { Dialect = item.Dialect with { Sheet = value } },
                IsFile
            )
            .WithOptional(
                "host",
                "The name or address of the database server.",
                new TextShape(253),
                item => item.Host,
                (item, value) => item with { Host = value },
                IsOfNetwork
            )
            .WithOptional(
                "port",
                "The port of the database server. Default: the usual one.",
                new WholeShape(1, 65_535),
                item => item.Port,
                (item, value) => item with { Port = value },
                IsOfNetwork
            )
            .WithOptional(
                "database",
                "The database.",
                new TextShape(200),
                item => item.Database,
                (item, value) => item with { Database = value },
                IsOfNetwork
            )
            .WithOptional(
                "dataSource",
                "The name of an ODBC data source that is configured on the server.",
                new TextShape(100),
                item => item.DataSource,
                (item, value) => item with { DataSource = value },
                IsOdbc
            )
            .WithOptional(
                "driver",
                "The name of an ODBC driver that is installed on the server, if there is no data source.",
                new TextShape(100),
                item => item.Driver,
                (item, value) => item with { Driver = value },
                item => IsOdbc(item) && item.DataSource is null
            )
            .With(
                "preset",
                "The database behind the ODBC driver. Default: by what the driver says.",
                ChoiceShape.Of<OdbcPreset>(),
                item => item.Preset,
                (item, value) => item with { Preset = value },
                appliesTo: IsOdbc
            )
            .With(
                "driverKeys",
                "The keys of the connection string of the ODBC driver.",
                new ListShape<OdbcKey>(DriverKey) { Most = 50 },
                item => item.DriverKeys,
                (item, value) => item with { DriverKeys = value },
                appliesTo: IsOdbc
            )
            .With(
                "signIn",
                "How to sign in to SQL Server: with a password, or with an identity of Microsoft Entra. Default: password.",
                ChoiceShape.Of<ServerSignIn>(),
                item => item.SignIn,
                (item, value) => item with { SignIn = value },
                appliesTo: item => item.Kind == SourceKind.SqlServer
            )
            .WithOptional(
                "tenant",
                "The tenant of a service principal of Microsoft Entra: its ID or domain.",
                new TextShape(100),
                item => item.Tenant,
                (item, value) => item with { Tenant = value },
                item => item is { Kind: SourceKind.SqlServer, SignIn: ServerSignIn.ServicePrincipal }
            )
            .WithOptional(
                "user",
                "The user of the database. For an identity of Microsoft Entra, its client ID.",
                new TextShape(200),
                item => item.User,
                (item, value) => item with { User = value },
                IsServer
            )
            .WithOptional(
                "password",
                "Where the password of the user the client secret or the secret of a store is. It is never in a file itself.",
                SecretShapes.Key,
                item => item.Password,
                (item, value) => item with { Password = value },
                item => item.Kind == SourceKind.Odbc || item.ToDraft().HasPassword
            )
            .With(
                "tls",
                "The security of the connection to the database server. Default: verified.",
                ChoiceShape.Of<ServerTls>(),
                item => item.Tls,
                (item, value) => item with { Tls = value },
                appliesTo: IsOfNetwork
            )
            .WithOptional(
                "rootCertificate",
                "The full path of a root certificate. Default: the authorities that the server trusts.",
                new TextShape(LongestPath),
                item => item.RootCertificate,
                (item, value) => item with { RootCertificate = value },
                item => item.Tls == ServerTls.Verified && item.Kind.TakesRootCertificate()
            )
            .WithOptional(
                "table",
                "The table or view of profiles.",
                new TextShape(300, trims: false),
                item => item.Table,
                (item, value) => item with { Table = value },
                item => item.Kind.HasTables() && item.Query is null
            )
            .WithOptional(
                "query",
                "One SELECT statement that returns the profiles, instead of a table.",
                new TextShape(SourceQuery.Longest),
                item => item.Query,
                (item, value) => item with { Query = value },
                item => item.Kind.HasTables()
            )
            .WithOptional(
                "remote",
                "Where the files are in a store, and which of them are read.",
                RemoteShapes.Files,
                item => item.Remote,
                (item, value) => item with { Remote = value },
                item => item.Kind.IsRemoteFiles()
            )
            .WithOptional(
                "changedAtColumn",
                "The column of a database server with the time of the last change of a row.",
                new TextShape(200, trims: false),
                item => item.ChangedAtColumn,
                (item, value) => item with { ChangedAtColumn = value },
                IsServer
            )
            .WithOptional(
                "maxAgeHours",
                "The hours after which the data is too old. Default: no limit.",
                new WholeShape(1, Freshness.MostHours),
                item => item.MaxAgeHours,
                (item, value) => item with { MaxAgeHours = value }
            )
            .With(
                "whenOld",
                "What happens when the data is too old: warn (default), or stop to stop the exports.",
                new ChoiceShape<bool>([("warn", false), ("stop", true)]),
                item => item.StopsWhenOld,
                (item, value) => item with { StopsWhenOld = value },
                appliesTo: item => item.MaxAgeHours is not null
            )
            .With(
                "formats",
                "How dates and numbers of fields are written, where that was decided by people.",
                new ListShape<FormatChoice>(Format) { SortedBy = item => item.Field },
                item => item.Formats,
                (item, value) => item with { Formats = value }
            );

    private static bool IsFile(DeclaredSource source) => source.Kind.IsFiles();

    private static bool IsServer(DeclaredSource source) => source.Kind.IsServer();

    private static bool IsOdbc(DeclaredSource source) => source.Kind == SourceKind.Odbc;

    private static bool IsOfNetwork(DeclaredSource source) => source.Kind.IsServer() && !IsOdbc(source);

    /// <summary>Checks a source as its form does, and returns it as it is stored.</summary>
    private static DeclaredSource Checked(DeclaredSource source, Yaml.Place at, FaultList faults)
    {
        if (source.HasPath && source.Path is null)
            faults.Add(at, "ConfigurationFiles.KeyMissing", "path");
        if (source.ToDraft().HasPassword && source.Password is null)
            faults.Add(at, "ConfigurationFiles.KeyMissing", "password");
        try
        {
            return DeclaredSource.Of(SourceDefinition.Of(source.ToDraft(), "", DateTimeOffset.UnixEpoch), source.Password) with
            {
                Name = source.Name,
            };
        }
        catch (SourceException fault)
        {
            faults.Add(at, fault.LocalizedMessage);
            return source;
        }
    }
}
