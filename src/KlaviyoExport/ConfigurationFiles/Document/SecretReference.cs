using System.Text.RegularExpressions;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>Where a secret is: in an environment variable of the server, or in Azure Key Vault. One of the two is set.</summary>
internal sealed partial record SecretReference
{
    /// <summary>The name of the environment variable.</summary>
    public string? Env { get; init; }

    /// <summary>The name of the Key Vault secret. Only for the keys of connections.</summary>
    public string? KeyVault { get; init; }

    // Double underscores and these beginnings belong to the settings of the product, of .NET and of the identity with which the server
    // signs in elsewhere. They are no secrets of sources and must not be sent to a database server.
    private static readonly string[] Reserved = ["ASPNETCORE_", "DOTNET_", "AZURE_", "AWS_", "MSI_", "IDENTITY_", "KUBERNETES_"];

    /// <summary>
    /// Whether a file may refer to an environment variable: capital letters, digits and single underscores, at most 100, and not one that
    /// configures the server itself.
    /// </summary>
    public static bool CanBeVariable(string name) =>
        name.Length <= 100
        && Variable().IsMatch(name)
        && !Array.Exists(Reserved, start => name.StartsWith(start, StringComparison.Ordinal));

    [GeneratedRegex(@"\A[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\z")]
    private static partial Regex Variable();
}
