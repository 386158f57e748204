namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Section <c>AzureAd</c>: people sign in with Microsoft Entra ID. Microsoft.Identity.Web reads the whole section, which has further
/// settings.
/// </summary>
internal sealed class EntraSection : ProviderSection
{
    public const string Section = "AzureAd";

    /// <summary>The sign-in address of the Microsoft cloud.</summary>
    public string Instance { get; set; } = "https://login.microsoftonline.com/";

    /// <summary>The company's tenant: its id or one of its domains.</summary>
    public string TenantId { get; set; } = "";

    /// <summary>The application (client) id of the app registration.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>A client secret of the app registration. Secret.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>The path that Entra ID sends the browser back to. Register it there as a redirect URI of the type Web.</summary>
    public string CallbackPath { get; set; } = "/signin-oidc";

    /// <summary>The path that Entra ID sends the browser back to after a sign-out.</summary>
    public string SignedOutCallbackPath { get; set; } = "/signout-callback-oidc";

    public override string DisplayName { get; set; } = "Microsoft Entra ID";

    public bool IsConfigured => TenantId.Length + ClientId.Length + ClientSecret.Length > 0;
}
