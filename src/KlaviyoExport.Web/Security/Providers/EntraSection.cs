namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Settings in the section <c>AzureAd</c>: Microsoft Entra ID. Microsoft.Identity.Web reads the whole section. This class has only the
/// keys that the application itself uses.
/// </summary>
internal sealed class EntraSection : ProviderSection
{
    public const string Name = "AzureAd";

    /// <summary>The sign-in address of the Microsoft cloud.</summary>
    public string Instance { get; set; } = "https://login.microsoftonline.com/";

    /// <summary>The company's tenant: its id or one of its domains.</summary>
    public string TenantId { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>The path that Entra ID sends the browser back to. Register it there as a redirect URI of the type Web.</summary>
    public string CallbackPath { get; set; } = "/signin-oidc";

    /// <summary>The path that Entra ID sends the browser back to after a sign-out.</summary>
    public string SignedOutCallbackPath { get; set; } = "/signout-callback-oidc";

    public override string DisplayName { get; set; } = "Microsoft Entra ID";

    public bool IsConfigured => TenantId.Length + ClientId.Length + ClientSecret.Length > 0;
}
