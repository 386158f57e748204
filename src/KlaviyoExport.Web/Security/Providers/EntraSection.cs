namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Section <c>AzureAd</c>: Microsoft Entra ID. It is read by Microsoft.Identity.Web as in every application of Microsoft's; here stand the
/// keys that the product itself looks at.
/// </summary>
internal sealed class EntraSection : ProviderSection
{
    public const string Name = "AzureAd";

    /// <summary>The cloud's sign-in address.</summary>
    public string Instance { get; set; } = "https://login.microsoftonline.com/";

    /// <summary>The company's own tenant: its id or one of its domains.</summary>
    public string TenantId { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>Where Entra ID sends the browser back to; registered there as a redirect URI of the kind Web.</summary>
    public string CallbackPath { get; set; } = "/signin-oidc";

    /// <summary>The same after signing out.</summary>
    public string SignedOutCallbackPath { get; set; } = "/signout-callback-oidc";

    public override string DisplayName { get; set; } = "Microsoft Entra ID";

    public bool IsConfigured => TenantId.Length + ClientId.Length + ClientSecret.Length > 0;
}
