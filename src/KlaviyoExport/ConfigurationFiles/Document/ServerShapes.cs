using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Odbc;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The database server of a source, and how to sign in.</summary>
internal static class ServerShapes
{
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
            new TextShape(SourceShapes.LongestPath),
            item => item.Value,
            (item, value) => item with { Value = value },
            isRequired: true
        );

    public static ItemShape<DeclaredSource> WithServer(this ItemShape<DeclaredSource> shape) =>
        shape
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
                "Where the password of the user, the client secret or the secret of the store is. It is never in a file itself.",
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
                new TextShape(SourceShapes.LongestPath),
                item => item.RootCertificate,
                (item, value) => item with { RootCertificate = value },
                item => item.Tls == ServerTls.Verified && item.Kind.TakesRootCertificate()
            );

    private static bool IsServer(DeclaredSource source) => source.Kind.IsServer();

    private static bool IsOdbc(DeclaredSource source) => source.Kind == SourceKind.Odbc;

    private static bool IsOfNetwork(DeclaredSource source) => IsServer(source) && !IsOdbc(source);
}
