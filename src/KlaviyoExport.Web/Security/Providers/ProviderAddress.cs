namespace KlaviyoExport.Web.Security.Providers;

/// <summary>Checks the address of an identity provider. It must use https, or http on a loopback address.</summary>
internal static class ProviderAddress
{
    public static bool IsGood(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || IsLoopbackHttp(uri))
        && uri.UserInfo.Length == 0
        && uri.Query.Length == 0
        && uri.Fragment.Length == 0;

    public static bool IsLoopbackHttp(Uri uri) => uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback;
}
