using System.Text.RegularExpressions;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Where files are in S3, Azure Blob Storage or on an SFTP server, and which of them are read. Without the secret.</summary>
public sealed partial record RemoteFiles
{
    /// <summary>The limit of <see cref="Folder"/>, in characters.</summary>
    public const int LongestFolder = 900;

    /// <summary>The limit of <see cref="Pattern"/>, in characters.</summary>
    public const int LongestPattern = 100;

    /// <summary>
    /// S3: the URL of a compatible store, null for AWS. Azure: the URL of the account, such as https://account.blob.core.windows.net.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>Whether the URL may start with http. Files and signatures, and for Azure the shared access signature, can then be read on
    /// the way.</summary>
    public bool AllowsHttp { get; set; }

    /// <summary>S3: the region of the bucket. Needed for AWS.</summary>
    public string? Region { get; set; }

    /// <summary>S3: whether the bucket is a part of the path, and not of the host name. Most compatible stores need it.</summary>
    public bool UsesPathStyle { get; set; }

    /// <summary>The bucket (S3) or the container (Azure).</summary>
    public string? Container { get; set; }

    /// <summary>SFTP: the name or address of the server.</summary>
    public string? Host { get; set; }

    /// <summary>SFTP: null for 22.</summary>
    public int? Port { get; set; }

    /// <summary>SFTP: the fingerprint of the server's key, such as <c>SHA256:…</c>. A server with another key is refused.</summary>
    public string? HostKey { get; set; }

    /// <summary>Null for the usual one: an access key, or for SFTP a password.</summary>
    public RemoteSignIn? SignIn { get; set; }

    /// <summary>S3: the access key ID. SFTP: the user.</summary>
    public string? User { get; set; }

    /// <summary>
    /// S3 and Azure: what the names of the files start with, at any depth. SFTP: a folder, without those in it, or one file. Null for all.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>What the last part of the names is like: <c>*</c> and <c>?</c> stand for characters. Null for all known formats.</summary>
    public string? Pattern { get; set; }

    public RemoteChoice Choice { get; set; }

    /// <summary>Whether a secret is needed to sign in.</summary>
    public bool NeedsSecret => SignIn != RemoteSignIn.MachineIdentity;

    /// <summary>The port of the SFTP server.</summary>
    internal int SshPort => Port ?? 22;

    /// <summary>The ways to sign in to a kind of store. The first one is the usual one.</summary>
    public static IReadOnlyList<RemoteSignIn> SignInsOf(SourceKind kind) =>
        kind switch
        {
            SourceKind.S3 => [RemoteSignIn.AccessKey, RemoteSignIn.MachineIdentity],
            SourceKind.AzureBlob => [RemoteSignIn.AccessKey, RemoteSignIn.SharedAccessSignature, RemoteSignIn.MachineIdentity],
            _ => [RemoteSignIn.Password, RemoteSignIn.PrivateKey],
        };

    /// <summary>
    /// Whether a secret that was entered for other files can be used for these: the same server and user, with at least the same
    /// protection.
    /// </summary>
    public bool TakesSecretOf(RemoteFiles other) =>
        this with
        {
            Region = Endpoint is null ? other.Region : Region,
            UsesPathStyle = other.UsesPathStyle,
            Container = other.Container,
            Folder = other.Folder,
            Pattern = other.Pattern,
            Choice = other.Choice,
        } == other;

    /// <summary>Returns the place as one text, for people.</summary>
    internal string Place(SourceKind kind) =>
        kind switch
        {
            SourceKind.S3 when Endpoint is null => $"s3://{Container}/{Folder}",
            SourceKind.Sftp => FormattableString.Invariant($"sftp://{User}@{Host}:{SshPort}/{Folder?.TrimStart('/')}"),
            _ => $"{Endpoint!.TrimEnd('/')}/{Container}/{Folder}",
        };

    /// <summary>Returns the entered values, trimmed and validated. What the kind does not have is left out.</summary>
    /// <exception cref="SourceException">A value is missing or not valid. The message names it.</exception>
    internal RemoteFiles Checked(SourceKind kind)
    {
        var signIn = SignIn ?? SignInsOf(kind)[0];
        if (!SignInsOf(kind).Contains(signIn))
            throw new SourceException(new LocalizedMessage("Sources.SignInInvalid"));
        var folder = Text(Folder);
        if (folder is { } && (folder.Length > LongestFolder || folder.Any(char.IsControl)))
            throw new SourceException(new LocalizedMessage("Sources.FolderInvalid", LongestFolder));
        var pattern = Text(Pattern);
        if (pattern is { } && (pattern.Length > LongestPattern || pattern.Contains('/', StringComparison.Ordinal)))
            throw new SourceException(new LocalizedMessage("Sources.PatternInvalid", LongestPattern));
        var found = new RemoteFiles
        {
            SignIn = signIn,
            Folder = folder,
            Pattern = pattern,
            Choice = Choice,
        };
        return kind switch
        {
            SourceKind.S3 => CheckedS3(found with { Folder = folder?.TrimStart('/') }),
            SourceKind.AzureBlob => CheckedAzure(found with { Folder = folder?.TrimStart('/') }),
            _ => CheckedSftp(found),
        };
    }

    private RemoteFiles CheckedS3(RemoteFiles found)
    {
        var endpoint = Text(Endpoint) is { } entered ? RemoteEndpoint.Of(entered, AllowsHttp) : null;
        if (endpoint is not null && endpoint.AbsolutePath != "/")
            throw new SourceException(new LocalizedMessage("Sources.EndpointInvalid", Endpoint!.Trim()));
        var region = Text(Region);
        if (endpoint is null && region is null)
            throw new SourceException(new LocalizedMessage("Sources.RegionNeeded"));
        if (region is { } && !RegionForm().IsMatch(region))
            throw new SourceException(new LocalizedMessage("Sources.RegionInvalid", region));
        if (found.SignIn == RemoteSignIn.MachineIdentity && endpoint is not null)
            throw new SourceException(new LocalizedMessage("Sources.MachineIdentityElsewhere"));
        return found with
        {
            Endpoint = endpoint?.GetLeftPart(UriPartial.Authority),
            AllowsHttp = endpoint?.Scheme == Uri.UriSchemeHttp,
            Region = region,
            UsesPathStyle = endpoint is not null && UsesPathStyle,
            Container = Matching(BucketForm(), "Sources.BucketNeeded", "Sources.BucketInvalid"),
            User = found.SignIn == RemoteSignIn.AccessKey ? Needed(User, "Sources.AccessKeyNeeded") : null,
        };
    }

    private RemoteFiles CheckedAzure(RemoteFiles found)
    {
        var endpoint = RemoteEndpoint.OfAccount(Needed(Endpoint, "Sources.AccountNeeded"), AllowsHttp);
        if (found.SignIn == RemoteSignIn.MachineIdentity && !RemoteEndpoint.IsAzure(endpoint))
            throw new SourceException(new LocalizedMessage("Sources.MachineIdentityElsewhere"));
        return found with
        {
            Endpoint = endpoint.AbsoluteUri.TrimEnd('/'),
            AllowsHttp = endpoint.Scheme == Uri.UriSchemeHttp,
            Container = Matching(ContainerForm(), "Sources.ContainerNeeded", "Sources.ContainerInvalid"),
        };
    }

    private RemoteFiles CheckedSftp(RemoteFiles found)
    {
        var host = Needed(Host, "Sources.HostNeeded");
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new SourceException(new LocalizedMessage("Sources.HostInvalid", host));
        if (Port is < 1 or > 65_535)
            throw new SourceException(new LocalizedMessage("Sources.PortInvalid"));
        var key = Text(HostKey);
        if (key is { } && !HostKeyForm().IsMatch(key))
            throw new SourceException(new LocalizedMessage("Sources.HostKeyInvalid"));
        return found with { Host = host, Port = Port, HostKey = key, User = Needed(User, "Sources.UserNeeded") };
    }

    private string Matching(Regex form, string missing, string invalid)
    {
        var name = Needed(Container, missing);
        return form.IsMatch(name) ? name : throw new SourceException(new LocalizedMessage(invalid, name));
    }

    private static string Needed(string? entered, string otherwise) =>
        Text(entered) ?? throw new SourceException(new LocalizedMessage(otherwise));

    private static string? Text(string? entered) => string.IsNullOrWhiteSpace(entered) ? null : entered.Trim();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketForm();

    [GeneratedRegex(@"^[a-z0-9$][a-z0-9\-]{2,62}\z")]
    private static partial Regex ContainerForm();

    [GeneratedRegex(@"^[a-z0-9\-]{2,40}\z")]
    private static partial Regex RegionForm();

    [GeneratedRegex(@"^SHA256:[A-Za-z0-9+/]{43}\z")]
    private static partial Regex HostKeyForm();
}
