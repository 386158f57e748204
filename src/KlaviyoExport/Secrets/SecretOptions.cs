using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Secrets;

/// <summary>
/// Section <c>Secrets</c>: which environment variables, files and Key Vault secrets of the server the
/// administrators of the product may name. A password is sent to the server that they name, so whoever operates the server decides.
/// </summary>
public sealed class SecretOptions
{
    public const string Section = "Secrets";

    private const string UsualDirectory = "/run/secrets";

    /// <summary>
    /// The beginning of the names of environment variables that may be read. It ends with an underscore. Empty forbids all variables.
    /// </summary>
    public string EnvironmentPrefix { get; set; } = "KLAVIYO_EXPORT_SECRET_";

    /// <summary>
    /// The full paths of the folders whose files may be read, without their subfolders. None: <c>/run/secrets</c>. One empty entry forbids all
    /// files.
    /// </summary>
    public IList<string> Directories { get; set; } = [];

    /// <summary>
    /// The beginning of the names of Key Vault secrets that sources may use. Empty allows all that the identity of the server may read.
    /// Connections may use every secret, because a key is sent to Klaviyo only.
    /// </summary>
    public string KeyVaultPrefix { get; set; } = "klaviyo-export-";

    /// <summary>The folders that apply.</summary>
    internal IReadOnlyList<string> AllowedDirectories =>
        Directories.Count == 0 ? [UsualDirectory] : [.. Directories.Where(directory => directory.Length > 0)];
}

internal sealed partial class SecretOptionsCheck : IValidateOptions<SecretOptions>
{
    // The variables that configure the identity of the server and the platform it runs on.
    private static readonly string[] Reserved = ["ASPNETCORE_", "DOTNET_", "AZURE_", "AWS_", "MSI_", "IDENTITY_", "KUBERNETES_"];

    public ValidateOptionsResult Validate(string? name, SecretOptions options)
    {
        var faults = new List<string>();
        if (options.EnvironmentPrefix is { Length: > 0 } prefix && (!Prefix().IsMatch(prefix) || Reserved.Any(prefix.StartsWith)))
            faults.Add(
                $"Secrets:EnvironmentPrefix is \"{prefix}\". Set it to at least three capital letters or digits with single underscores, and "
                    + "an underscore at the end, like SHOP_SECRET_. It must not be a beginning that Azure, AWS, Kubernetes or .NET use."
            );
        foreach (var directory in options.AllowedDirectories)
            if (!Path.IsPathFullyQualified(directory) || Path.GetPathRoot(directory) == Path.GetFullPath(directory))
                faults.Add($"Secrets:Directories has \"{directory}\". Set it to the full path of a folder that contains secrets only.");
        if (!options.KeyVaultPrefix.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            faults.Add($"Secrets:KeyVaultPrefix is \"{options.KeyVaultPrefix}\". Set it to letters, digits and hyphens, or to nothing.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    [GeneratedRegex(@"\A[A-Z][A-Z0-9]{2,}(_[A-Z0-9]+)*_\z")]
    private static partial Regex Prefix();
}
