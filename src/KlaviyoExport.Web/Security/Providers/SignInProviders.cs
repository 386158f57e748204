using System.Collections;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>The configured identity providers, in the order of their buttons.</summary>
internal sealed class SignInProviders(IOptions<EntraSection> entra, IOptions<OpenIdConnectSection> openIdConnect)
    : IEnumerable<SignInProvider>
{
    public const string EntraScheme = "Entra";
    public const string OpenIdConnectScheme = "OpenIdConnect";

    private readonly SignInProvider[] _all =
    [
        .. entra.Value.IsConfigured ? [new SignInProvider(EntraScheme, "sign-in/entra", entra.Value)] : Array.Empty<SignInProvider>(),
        .. openIdConnect.Value.IsConfigured
            ? [new SignInProvider(OpenIdConnectScheme, "sign-in/provider", openIdConnect.Value)]
            : Array.Empty<SignInProvider>(),
    ];

    /// <returns>The provider. Null when no configured provider has this scheme.</returns>
    public SignInProvider? Find(string? scheme) => _all.FirstOrDefault(provider => provider.Scheme == scheme);

    public IEnumerator<SignInProvider> GetEnumerator() => _all.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
