namespace KlaviyoExport.Web.Security.Providers;

/// <summary>Settings that this application adds to the section of an identity provider.</summary>
internal abstract class ProviderSection
{
    /// <summary>The provider's name on the sign-in button.</summary>
    public abstract string DisplayName { get; set; }

    /// <summary>
    /// Whether a person without an account becomes a viewer at the first sign-in. When false, the person is told to ask an
    /// administrator.
    /// </summary>
    public bool CreateViewers { get; set; }

    /// <summary>
    /// Whether an email address counts as verified when the provider does not say. Set it only for a provider that issues the addresses
    /// itself. It has no effect when the provider says that an address is not verified.
    /// </summary>
    public bool TrustEmails { get; set; }
}
