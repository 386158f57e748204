using KlaviyoExport.People;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>Checks that people can sign in: with local accounts, an identity provider, or both.</summary>
internal sealed class LocalAccountsCheck(SignInProviders providers) : IValidateOptions<LocalAccountsOptions>
{
    public ValidateOptionsResult Validate(string? name, LocalAccountsOptions options) =>
        options.Enabled || providers.Any()
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{LocalAccountsOptions.Section}:{nameof(options.Enabled)} is false, and no identity provider is configured: fill in the "
                    + $"section {EntraSection.Section} or {OpenIdConnectSection.Section}."
            );
}
