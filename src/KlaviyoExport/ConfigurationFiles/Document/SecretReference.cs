using System.Text.RegularExpressions;
using KlaviyoExport.Secrets;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>
/// Where a secret is. One of the places is set. <see cref="Env"/> is read when a file is applied, and the value is stored; the other places
/// are read whenever the secret is used.
/// </summary>
internal sealed partial record SecretReference
{
    /// <summary>The name of the environment variable whose value is stored.</summary>
    public string? Env { get; init; }

    /// <summary>The name of the Key Vault secret.</summary>
    public string? KeyVault { get; init; }

    /// <summary>The full path of the file.</summary>
    public string? File { get; init; }

    /// <summary>The name of the environment variable that is read whenever the secret is used.</summary>
    public string? EnvWhenUsed { get; init; }

    /// <summary>The place that is read whenever the secret is used. Null when the secret is stored.</summary>
    public SecretPlace? Place =>
        this switch
        {
            { KeyVault: { } name } => SecretPlace.InKeyVault(name),
            { File: { } path } => SecretPlace.InFile(path),
            { EnvWhenUsed: { } variable } => SecretPlace.InEnvironment(variable),
            _ => null,
        };

    /// <summary>How many places are set.</summary>
    public int Count => new[] { Env, KeyVault, File, EnvWhenUsed }.Count(place => place is not null);

    public static SecretReference Of(SecretPlace place) =>
        place.Kind switch
        {
            SecretPlaceKind.KeyVault => new() { KeyVault = place.Name },
            SecretPlaceKind.File => new() { File = place.Name },
            _ => new() { EnvWhenUsed = place.Name },
        };

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
