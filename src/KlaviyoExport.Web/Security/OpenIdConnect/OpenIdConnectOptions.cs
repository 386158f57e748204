namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>Section <c>OpenIdConnect</c>: the company's identity provider. People sign in with it beside, or instead of, a password.</summary>
internal sealed class OpenIdConnectOptions
{
    public const string Section = "OpenIdConnect";

    /// <summary>The provider's issuer address, such as https://login.microsoftonline.com/{tenant}/v2.0; its metadata is at /.well-known/openid-configuration below it.</summary>
    public string Authority { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>The provider's name on the button.</summary>
    public string DisplayName { get; set; } = "OpenID Connect";

    /// <summary>Separated by spaces.</summary>
    public string Scopes { get; set; } = "openid profile email";

    /// <summary>Whether a person nobody added becomes a viewer at the first sign-in. By default they are told to ask an administrator.</summary>
    public bool CreateViewers { get; set; }

    /// <summary>
    /// Whether an address counts as verified where the provider does not say. Only for a provider that gives out the addresses itself, such as one
    /// Entra ID tenant; where it says that an address is not verified, that holds.
    /// </summary>
    public bool TrustEmails { get; set; }

    public bool IsConfigured => Authority.Length + ClientId.Length + ClientSecret.Length > 0;
}
