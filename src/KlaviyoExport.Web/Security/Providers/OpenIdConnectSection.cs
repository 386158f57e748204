namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Settings in the section <c>OpenIdConnect</c>: an identity provider other than Microsoft Entra ID. People sign in with it in addition
/// to, or instead of, a password.
/// </summary>
internal sealed class OpenIdConnectSection : ProviderSection
{
    public const string Name = "OpenIdConnect";

    /// <summary>
    /// The provider's issuer address, such as https://login.example.com/realms/company; its metadata is at
    /// /.well-known/openid-configuration below it.
    /// </summary>
    public string Authority { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    public override string DisplayName { get; set; } = "OpenID Connect";

    /// <summary>The requested scopes, separated by spaces.</summary>
    public string Scopes { get; set; } = "openid profile email";

    public bool IsConfigured => Authority.Length + ClientId.Length + ClientSecret.Length > 0;
}
