using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>Checks <see cref="OpenIdConnectSection"/> and reports all faults at once. Each fault names the key to set.</summary>
internal sealed class OpenIdConnectSectionCheck : IValidateOptions<OpenIdConnectSection>
{
    public ValidateOptionsResult Validate(string? name, OpenIdConnectSection options)
    {
        var faults = options.IsConfigured ? Faults(options).ToList() : [];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(OpenIdConnectSection options)
    {
        if (!ProviderAddress.IsGood(options.Authority))
            yield return "OpenIdConnect:Authority must be the https address of the provider (http only on the loopback) without user, "
                + "query or fragment.";
        if (string.IsNullOrWhiteSpace(options.ClientId))
            yield return "OpenIdConnect:ClientId is missing.";
        if (string.IsNullOrWhiteSpace(options.ClientSecret))
            yield return "OpenIdConnect:ClientSecret is missing.";
        if (string.IsNullOrWhiteSpace(options.DisplayName))
            yield return "OpenIdConnect:DisplayName must not be empty: it is on the button.";
        if (!options.Scopes.Split(' ').Contains("openid"))
            yield return "OpenIdConnect:Scopes must contain openid.";
    }
}
