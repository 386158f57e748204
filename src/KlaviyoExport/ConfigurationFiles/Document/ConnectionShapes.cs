using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of connections and secrets in a file.</summary>
internal static class ConnectionShapes
{
    /// <summary>The text that says that the company agrees to the data privacy text.</summary>
    public const string Agreement = "I agree";

    /// <summary>A password of a source: in an environment variable.</summary>
    public static ItemShape<SecretReference> Password { get; } = Secret("password", withVault: false);

    public static ItemShape<DeclaredConnection> Connection { get; } =
        new ItemShape<DeclaredConnection>("connection", new DeclaredConnection())
        {
            Check = (connection, map, faults) =>
            {
                if (connection.Sharing == Sharing.ChosenContributors && connection.Contributors is not { Count: > 0 })
                    faults.Add(map.At, "Connections.ContributorsNeeded");
                return connection;
            },
        }
            .With(
                "name",
                "The unique name of the connection.",
                new NameShape(),
                item => item.Name,
                (item, value) => item with { Name = value },
                isRequired: true
            )
            .With(
                "key",
                "Where the private API key of the Klaviyo account is. The key itself is never in a file.",
                Secret("key", withVault: true),
                item => item.Key,
                (item, value) => item with { Key = value },
                isRequired: true
            )
            .WithOptional(
                "dataPrivacy",
                "“I agree” to the data privacy text: data may be sent to Klaviyo. Needed to add a connection.",
                ChoiceShape.Of([Agreement]),
                item => item.DataPrivacy,
                (item, value) => item with { DataPrivacy = value }
            )
            .With(
                "sharing",
                "Who may use the connection for exports. Default: administrators.",
                ChoiceShape.Of<Sharing>(),
                item => item.Sharing,
                (item, value) => item with { Sharing = value }
            )
            .WithOptional(
                "contributors",
                "The email addresses with which the chosen contributors sign in.",
                new ListShape<ItemName>(new NameShape()) { SortedBy = name => name.Text, NameOf = name => name },
                item => item.Contributors,
                (item, value) => item with { Contributors = value },
                item => item.Sharing == Sharing.ChosenContributors
            )
            .WithOptional(
                "exportUser",
                "The email address of the administrator in whose name exports run. Default: whoever applies the file, or the present one.",
                new NameShape(),
                item => item.ExportUser,
                (item, value) => item with { ExportUser = value }
            )
            .WithOptional(
                "maxProfilesPerExport",
                "The maximum number of profiles of an export. Default: that of the installation.",
                new WholeShape(1, KlaviyoOptions.MostProfilesPerExport),
                item => item.MaxProfilesPerExport,
                (item, value) => item with { MaxProfilesPerExport = value }
            );

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
