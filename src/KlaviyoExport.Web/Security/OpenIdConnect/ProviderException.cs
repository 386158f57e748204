namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>The provider cannot be asked, or what it answered cannot be believed. The message is for the log; it holds no token and no address.</summary>
internal sealed class ProviderException(Notice notice, string message, Exception? inner = null) : Exception(message, inner)
{
    public Notice Notice { get; } = notice;

    public static ProviderException Unreachable(Exception inner) => new(new Notice("People.ProviderUnreachable"), "The provider cannot be reached.", inner);

    public static ProviderException Unbelievable(string why, Exception? inner = null) => new(new Notice("People.ProviderUnbelievable"), why, inner);
}
