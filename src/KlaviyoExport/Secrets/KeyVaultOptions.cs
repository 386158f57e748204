using Microsoft.Extensions.Options;

namespace KlaviyoExport.Secrets;

/// <summary>The options in configuration section <c>KeyVault</c>: where secrets can be kept instead of in the store.</summary>
public sealed class KeyVaultOptions
{
    public const string Section = "KeyVault";

    /// <summary>
    /// The address of the vault, such as https://company.vault.azure.net. Empty when there is none. Azure's DefaultAzureCredential finds
    /// the identity.
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
