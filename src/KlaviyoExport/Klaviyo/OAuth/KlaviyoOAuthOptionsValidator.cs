using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>
/// Validates <see cref="KlaviyoOAuthOptions"/>. Reports all faults together, each with the name of the setting, and never with the
/// secret.
/// </summary>
internal sealed class KlaviyoOAuthOptionsValidator : IValidateOptions<KlaviyoOAuthOptions>
{
    public ValidateOptionsResult Validate(string? name, KlaviyoOAuthOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(KlaviyoOAuthOptions options)
    {
        if (options.ClientId.Length == 0 && options.ClientSecret.Length > 0)
            yield return "Klaviyo:OAuth:ClientId is missing, and Klaviyo:OAuth:ClientSecret is set. Set both as Klaviyo shows them with "
                + "your app, or neither.";
        if (options.ClientId.Length > 0 && options.ClientSecret.Length == 0)
            yield return "Klaviyo:OAuth:ClientSecret is missing, and Klaviyo:OAuth:ClientId is set. Set both as Klaviyo shows them with "
                + "your app, or neither.";
        if (options.ClientId.Length > 0 && !KlaviyoCredential.CanBeSecret(options.ClientId))
            yield return "Klaviyo:OAuth:ClientId must be visible ASCII characters without spaces.";
        if (options.ClientSecret.Length > 0 && !KlaviyoCredential.CanBeSecret(options.ClientSecret))
            yield return "Klaviyo:OAuth:ClientSecret must be visible ASCII characters without spaces.";
        foreach (
            var (key, address) in new[]
            {
                ("AuthorizeUrl", options.AuthorizeUrl),
                ("TokenUrl", options.TokenUrl),
                ("RevokeUrl", options.RevokeUrl),
            }
        )
            if (!KlaviyoOptionsValidator.IsValidBaseAddress(address))
                yield return $"Klaviyo:OAuth:{key} must be an https address (http only on the loopback) without user, query or fragment.";
        if (
            options.RedirectUri is { Length: > 0 } redirect
            && !(
                KlaviyoOptionsValidator.IsValidBaseAddress(redirect)
                && redirect.EndsWith(KlaviyoOAuthOptions.CallbackPath, StringComparison.Ordinal)
            )
        )
            yield return "Klaviyo:OAuth:RedirectUri must be an https address (http only on the loopback) that ends with "
                + $"{KlaviyoOAuthOptions.CallbackPath}, without user, query or fragment.";
    }
}
