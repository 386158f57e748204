using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Connections;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of references to secrets in a file.</summary>
internal static class SecretShapes
{
    /// <summary>The key of a connection: in an environment variable or in Key Vault.</summary>
    public static ItemShape<SecretReference> Key { get; } = Secret("key", withVault: true);

    /// <summary>A secret in an environment variable: the password of a source, the address or the key of a webhook.</summary>
    public static ItemShape<SecretReference> Variable { get; } = Secret("variable", withVault: false);

    private static ItemShape<SecretReference> Secret(string name, bool withVault)
    {
        var shape = new ItemShape<SecretReference>(name, new SecretReference())
        {
            IsInline = true,
            Check = (secret, map, faults) =>
            {
                if ((secret.Env is null) == (secret.KeyVault is null))
                    faults.Add(map.At, withVault ? "ConfigurationFiles.SecretWanted" : "ConfigurationFiles.EnvWanted");
                else if (secret.Env is { } variable && !SecretReference.CanBeVariable(variable))
                    faults.Add(map.At, "ConfigurationFiles.VariableName", variable);
                else if (secret.KeyVault is { } vault && !KeyVaultSecrets.CanBeName(vault))
                    faults.Add(map.At, "Connections.VaultNameMalformed");
                return secret;
            },
            Refine = schema => (schema["minProperties"], schema["maxProperties"]) = ((JsonNode)1, (JsonNode)1),
        }.WithOptional(
            "env",
            "The name of an environment variable of the server.",
            new TextShape(100),
            item => item.Env,
            (item, value) => item with { Env = value }
        );
        return withVault
            ? shape.WithOptional(
                "keyVault",
                "The name of a secret in Azure Key Vault.",
                new TextShape(127),
                item => item.KeyVault,
                (item, value) => item with { KeyVault = value }
            )
            : shape;
    }
}
