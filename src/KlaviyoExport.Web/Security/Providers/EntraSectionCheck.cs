using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>Checks <see cref="EntraSection"/> and reports all faults at once. Each fault names the key to set.</summary>
internal sealed class EntraSectionCheck : IValidateOptions<EntraSection>
{
    /// <summary>Values that admit more than one tenant. Administrators of another company could then give themselves a role here.</summary>
    private static readonly string[] ManyTenants = ["common", "organizations", "consumers"];

    public ValidateOptionsResult Validate(string? name, EntraSection options)
    {
        var faults = options.IsConfigured ? Faults(options).ToList() : [];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(EntraSection options)
    {
        if (!ProviderAddress.IsGood(options.Instance))
            yield return "AzureAd:Instance must be an https address, such as https://login.microsoftonline.com/.";
        if (string.IsNullOrWhiteSpace(options.TenantId) || ManyTenants.Contains(options.TenantId, StringComparer.OrdinalIgnoreCase))
            yield return "AzureAd:TenantId must be your own tenant: its id or one of its domains.";
        if (string.IsNullOrWhiteSpace(options.ClientId))
            yield return "AzureAd:ClientId is missing.";
        if (string.IsNullOrWhiteSpace(options.ClientSecret))
            yield return "AzureAd:ClientSecret is missing.";
        if (string.IsNullOrWhiteSpace(options.DisplayName))
            yield return "AzureAd:DisplayName must not be empty: it is on the button.";
        if (
            !options.CallbackPath.StartsWith('/')
            || !options.SignedOutCallbackPath.StartsWith('/')
            || options.CallbackPath == options.SignedOutCallbackPath
        )
            yield return "AzureAd:CallbackPath and AzureAd:SignedOutCallbackPath must be two different paths that begin with a slash.";
    }
}
