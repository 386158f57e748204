namespace KlaviyoExport.Web.Security.Providers;

/// <summary>An identity provider that people can sign in with.</summary>
/// <param name="Scheme">The authentication scheme of the framework's handler for this provider.</param>
/// <param name="Path">The path at which a sign-in with this provider begins.</param>
/// <param name="Section">The settings that this application adds.</param>
internal sealed record SignInProvider(string Scheme, string Path, ProviderSection Section)
{
    public string DisplayName => Section.DisplayName;
}
