namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Section <c>OpenIdConnect</c>: an identity provider other than Microsoft Entra ID. People sign in with it in addition to, or instead of,
/// a password.
/// </summary>
internal sealed class OpenIdConnectSection : ProviderSection
{
    public const string Section = "OpenIdConnect";

    /// <summary>
    /// The provider's issuer address, such as https://login.example.com/realms/company; its metadata is at
    /// /.well-known/openid-configuration below it.
    /// </summary>
    public string Authority { get; set; } = "";

    /// <summary>The client id of this application at the provider.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The client secret of this application at the provider. Secret.</summary>
    public string ClientSecret { get; set; } = "";

    public override string DisplayName { get; set; } = "OpenID Connect";

    /// <summary>The requested scopes, separated by spaces.</summary>
    public string Scopes { get; set; } = "openid profile email";

    public bool IsConfigured => Authority.Length + ClientId.Length + ClientSecret.Length > 0;
}
