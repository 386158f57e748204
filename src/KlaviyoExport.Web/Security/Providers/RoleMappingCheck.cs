using KlaviyoExport.People;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>Checks <see cref="RoleMapping"/> and reports all faults at once. Each fault names the key to set.</summary>
internal sealed class RoleMappingCheck(SignInProviders providers) : IValidateOptions<RoleMapping>
{
    public ValidateOptionsResult Validate(string? name, RoleMapping options)
    {
        var faults = options
            .UnknownKeys.Select(key =>
                $"{RoleMapping.Section}:{key} is no role; use {string.Join(", ", Enum.GetNames<Role>())} or {RoleMapping.ClaimsKey}."
            )
            .ToList();
        if (options.IsConfigured && !providers.Any())
            faults.Add(
                $"{RoleMapping.Section} maps roles of an identity provider, and none is configured: fill in the section "
                    + $"{EntraSection.Section} or {OpenIdConnectSection.Section}."
            );
        if (options.Claims.Count == 0)
            faults.Add($"{RoleMapping.Section}:{RoleMapping.ClaimsKey} must name a claim, such as roles.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
