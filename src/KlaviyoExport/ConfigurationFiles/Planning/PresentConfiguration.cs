using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Alerts;
using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.Connections;
using KlaviyoExport.Sources;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>The configuration of the installation, as a file would describe it.</summary>
/// <param name="Document">The description. Its connections have no export users, because nobody can agree for another person.</param>
/// <param name="Connections">The stored connections by name.</param>
/// <param name="Sources">The stored sources by name.</param>
/// <param name="Webhooks">The stored webhooks by name.</param>
/// <param name="ExportIds">The IDs of the exports by name.</param>
internal sealed record PresentConfiguration(
    ConfigurationDocument Document,
    IReadOnlyDictionary<string, Connection> Connections,
    IReadOnlyDictionary<string, Source> Sources,
    IReadOnlyDictionary<string, AlertWebhook> Webhooks,
    IReadOnlyDictionary<string, int> ExportIds
)
{
    /// <summary>The environment variables that a file needs, by name.</summary>
    public IReadOnlyList<string> Variables =>
        [
            .. Document
                .Connections!.Select(connection => connection.Key)
                .Concat(Document.Sources!.Select(source => source.Password).OfType<SecretReference>())
                .Concat(Document.Alerts!.Webhooks!.Select(webhook => webhook.Url))
                .Concat(Document.Alerts!.Webhooks!.Select(webhook => webhook.Secret).OfType<SecretReference>())
                .Select(secret => secret.Env)
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A hash of everything that a file can describe. It changes when the configuration does.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DocumentShape.Write(Document))));
}
