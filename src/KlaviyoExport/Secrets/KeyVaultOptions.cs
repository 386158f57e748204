using Microsoft.Extensions.Options;

namespace KlaviyoExport.Secrets;

/// <summary>Section <c>KeyVault</c>: an Azure Key Vault, where secrets can be kept instead of in the store.</summary>
public sealed class KeyVaultOptions
{
    public const string Section = "KeyVault";

    /// <summary>
    /// The https address of the vault, such as https://company.vault.azure.net. Azure's DefaultAzureCredential finds the identity. Secrets are
    /// read when they are needed, and never stored.
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
