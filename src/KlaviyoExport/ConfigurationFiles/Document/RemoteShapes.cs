using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of files in a store, which are a part of a source in a file.</summary>
internal static class RemoteShapes
{
    public static ItemShape<RemoteFiles> Files { get; } =
        new ItemShape<RemoteFiles>("remote", new RemoteFiles())
            .WithOptional(
                "endpoint",
                "S3: the URL of a compatible store. Default: AWS. Azure: the URL of the account, such as https://account.blob.core.windows.net.",
                new TextShape(500),
                item => item.Endpoint,
                (item, value) => item with { Endpoint = value }
            )
            .With(
                "allowHttp",
                "Whether the URL may start with http, so that others on the way can read the files. Default: no.",
                new YesNoShape(),
                item => item.AllowsHttp,
                (item, value) => item with { AllowsHttp = value }
            )
            .WithOptional(
                "region",
                "S3: the region of the bucket. Needed for AWS.",
                new TextShape(40),
                item => item.Region,
                (item, value) => item with { Region = value }
            )
            .With(
                "pathStyle",
                "S3: whether the bucket is a part of the path and not of the host name. Most compatible stores need it. Default: no.",
                new YesNoShape(),
                item => item.UsesPathStyle,
                (item, value) => item with { UsesPathStyle = value }
            )
            .WithOptional(
                "container",
                "The bucket (S3) or the container (Azure).",
                new TextShape(63),
                item => item.Container,
                (item, value) => item with { Container = value }
            )
            .WithOptional(
                "host",
                "SFTP: the name or address of the server.",
                new TextShape(253),
                item => item.Host,
                (item, value) => item with { Host = value }
            )
            .WithOptional(
                "port",
                "SFTP: the port of the server. Default: 22.",
                new WholeShape(1, 65_535),
                item => item.Port,
                (item, value) => item with { Port = value }
            )
            .WithOptional(
                "hostKey",
                "SFTP: the fingerprint of the key of the server, SHA256:…, as ssh-keygen -lf shows it.",
                new TextShape(60),
                item => item.HostKey,
                (item, value) => item with { HostKey = value }
            )
            .WithOptional(
                "signIn",
                "How to sign in. Default: accessKey, or password for SFTP.",
                ChoiceShape.Of<RemoteSignIn>(),
                item => item.SignIn,
                (item, value) => item with { SignIn = value }
            )
            .WithOptional(
                "user",
                "S3: the access key ID. SFTP: the user.",
                new TextShape(200),
                item => item.User,
                (item, value) => item with { User = value }
            )
            .WithOptional(
                "folder",
                "S3 and Azure: what the names of the files start with. SFTP: the folder. Default: all.",
                new TextShape(RemoteFiles.LongestFolder),
                item => item.Folder,
                (item, value) => item with { Folder = value }
            )
            .WithOptional(
                "pattern",
                "What the last part of the names is like; * and ? stand for characters. Default: all known formats.",
                new TextShape(RemoteFiles.LongestPattern),
                item => item.Pattern,
                (item, value) => item with { Pattern = value }
            )
            .With(
                "choice",
                "Which of the files are read. Default: newest.",
                ChoiceShape.Of<RemoteChoice>(),
                item => item.Choice,
                (item, value) => item with { Choice = value }
            );
}
