namespace KlaviyoExport.Sources.Remote;

/// <summary>Decides which URLs a store can have.</summary>
internal static class RemoteEndpoint
{
    private static readonly string[] AzureHosts =
    [
        ".blob.core.windows.net",
        ".blob.core.usgovcloudapi.net",
        ".blob.core.chinacloudapi.cn",
        ".blob.storage.azure.net",
    ];

    /// <exception cref="SourceException">It is not a URL, or not an encrypted one while it must be.</exception>
    public static Uri Of(string entered, bool allowsHttp)
    {
        if (
            !Uri.TryCreate(entered.Trim(), UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)
            || url.UserInfo.Length + url.Query.Length + url.Fragment.Length > 0
        )
            throw new SourceException(new LocalizedMessage("Sources.EndpointInvalid", WithoutSecrets(entered.Trim())));
        if (url.Scheme == Uri.UriSchemeHttp && !allowsHttp)
            throw new SourceException(new LocalizedMessage("Sources.HttpNotAllowed", url.Host));
        return url;
    }

    /// <summary>Like <see cref="Of"/>. The address of a Data Lake account becomes that of the same account's Blob Storage.</summary>
    public static Uri OfAccount(string entered, bool allowsHttp)
    {
        var url = Of(entered, allowsHttp);
        // The library of Azure cannot read such an address.
        if (url.HostNameType == UriHostNameType.IPv6)
            throw new SourceException(new LocalizedMessage("Sources.EndpointInvalid", WithoutSecrets(entered.Trim())));
        var host = url.Host.Replace(".dfs.", ".blob.", StringComparison.Ordinal);
        return IsAzure(new UriBuilder(url) { Host = host }.Uri) ? new UriBuilder(url) { Host = host }.Uri : url;
    }

    /// <summary>Whether the account is in Azure itself, so that a token of the machine can be sent there.</summary>
    public static bool IsAzure(Uri account) =>
        account.Scheme == Uri.UriSchemeHttps && Array.Exists(AzureHosts, host => account.Host.EndsWith(host, StringComparison.Ordinal));

    // A URL with a shared access signature is a secret.
    private static string WithoutSecrets(string entered) => entered.Split('?', '@')[0];
}
