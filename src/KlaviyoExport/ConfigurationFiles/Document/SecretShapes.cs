using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Secrets;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of references to secrets in a file.</summary>
internal static class SecretShapes
{
    /// <summary>The key of a connection or the password of a source: in any place.</summary>
    public static ItemShape<SecretReference> Key { get; } = Secret("key", hasPlaces: true);

    /// <summary>A secret in an environment variable: the address or the key of a webhook.</summary>
    public static ItemShape<SecretReference> Variable { get; } = Secret("variable", hasPlaces: false);

    private static ItemShape<SecretReference> Secret(string name, bool hasPlaces)
    {
        var shape = new ItemShape<SecretReference>(name, new SecretReference())
        {
            IsInline = true,
            Check = (secret, map, faults) =>
            {
                if (secret.Count != 1)
                    faults.Add(map.At, hasPlaces ? "ConfigurationFiles.SecretWanted" : "ConfigurationFiles.EnvWanted");
                else if (secret.Env is { } variable && !SecretReference.CanBeVariable(variable))
                    faults.Add(map.At, "ConfigurationFiles.VariableName", variable);
                else if (secret.Place is { IsWellFormed: false, Kind: var kind })
                    faults.Add(map.At, SecretPlace.FormOf(kind));
                return secret;
            },
            Refine = schema => (schema["minProperties"], schema["maxProperties"]) = ((JsonNode)1, (JsonNode)1),
        }.WithOptional(
            "env",
            "The name of an environment variable of the server. Its value is stored when the file is applied.",
            new TextShape(100),
            item => item.Env,
            (item, value) => item with { Env = value }
        );
        return hasPlaces
            ? shape
                .WithOptional(
                    "keyVault",
                    "The name of a secret in Azure Key Vault. It is read when it is used.",
                    new TextShape(127),
                    item => item.KeyVault,
                    (item, value) => item with { KeyVault = value }
                )
                .WithOptional(
                    "file",
                    "The full path of a file in one of Secrets:Directories of the server. It is read when it is used.",
                    new TextShape(SecretPlace.LongestName),
                    item => item.File,
                    (item, value) => item with { File = value }
                )
                .WithOptional(
                    "envWhenUsed",
                    "The name of an environment variable that starts with Secrets:EnvironmentPrefix. It is read when it is used.",
                    new TextShape(100),
                    item => item.EnvWhenUsed,
                    (item, value) => item with { EnvWhenUsed = value }
                )
            : shape;
    }
}
