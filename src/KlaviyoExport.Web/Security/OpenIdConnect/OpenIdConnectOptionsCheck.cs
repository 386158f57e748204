using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>All faults at once, each naming the key to set.</summary>
internal sealed class OpenIdConnectOptionsCheck : IValidateOptions<OpenIdConnectOptions>
{
    public ValidateOptionsResult Validate(string? name, OpenIdConnectOptions options)
    {
        var faults = options.IsConfigured ? Faults(options).ToList() : [];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(OpenIdConnectOptions options)
    {
        if (!IsGoodAuthority(options.Authority))
            yield return "OpenIdConnect:Authority must be the https address of the provider (http only on the loopback) without user, query or fragment.";
        if (string.IsNullOrWhiteSpace(options.ClientId))
            yield return "OpenIdConnect:ClientId is missing.";
        if (string.IsNullOrWhiteSpace(options.ClientSecret))
            yield return "OpenIdConnect:ClientSecret is missing.";
        if (string.IsNullOrWhiteSpace(options.DisplayName))
            yield return "OpenIdConnect:DisplayName must not be empty: it is on the button.";
        if (!options.Scopes.Split(' ').Contains("openid"))
            yield return "OpenIdConnect:Scopes must contain openid.";
    }

    private static bool IsGoodAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;
}
