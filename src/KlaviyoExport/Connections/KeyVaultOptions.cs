using Microsoft.Extensions.Options;

namespace KlaviyoExport.Connections;

/// <summary>Section <c>KeyVault</c>: where API keys may be kept instead of in the store.</summary>
public sealed class KeyVaultOptions
{
    public const string Section = "KeyVault";

    /// <summary>
    /// The vault's address, like https://company.vault.azure.net. Empty: there is none. Who asks is found out by Azure's
    /// DefaultAzureCredential.
    /// </summary>
    public string Uri { get; set; } = "";
}

internal sealed class KeyVaultOptionsCheck : IValidateOptions<KeyVaultOptions>
{
    public ValidateOptionsResult Validate(string? name, KeyVaultOptions options) =>
        options.Uri.Length == 0
        || (
            Uri.TryCreate(options.Uri, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttps
            && uri.PathAndQuery == "/"
            && uri.UserInfo.Length == 0
            && uri.Fragment.Length == 0
        )
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                "KeyVault:Uri must be the https address of a vault without a path, like https://company.vault.azure.net."
            );
}
