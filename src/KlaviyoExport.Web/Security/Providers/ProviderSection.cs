namespace KlaviyoExport.Web.Security.Providers;

/// <summary>What the product adds to the settings of an identity provider, in that provider's own section.</summary>
internal abstract class ProviderSection
{
    /// <summary>The provider's name on the button.</summary>
    public abstract string DisplayName { get; set; }

    /// <summary>
    /// Whether a person nobody added becomes a viewer at the first sign-in. By default they are told to ask an administrator.
    /// </summary>
    public bool CreateViewers { get; set; }

    /// <summary>
    /// Whether an email address counts as verified where the provider does not say. Only for a provider that issues the addresses itself;
    /// where the provider says that an address is not verified, that holds.
    /// </summary>
    public bool TrustEmails { get; set; }
}
