namespace KlaviyoExport.Web.Security.Providers;

/// <summary>An identity provider that people can sign in with.</summary>
/// <param name="Scheme">Of the framework's handler that speaks to it.</param>
/// <param name="Path">Where a sign-in with it begins.</param>
/// <param name="Section">The settings the product adds.</param>
internal sealed record SignInProvider(string Scheme, string Path, ProviderSection Section)
{
    public string DisplayName => Section.DisplayName;
}
