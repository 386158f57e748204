using System.Security.Cryptography;
using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Sources;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>Finds the stored secrets whose variables have another value now.</summary>
internal sealed class SecretChanges(SecretProtector secrets)
{
    private const string Hidden = "•••";

    public IEnumerable<PropertyChange> Of(DeclaredConnection wanted, Connection stored) => Of("key", wanted.Key, stored.ApiKey);

    public IEnumerable<PropertyChange> Of(DeclaredSource wanted, Source stored) => Of("password", wanted.Password, stored.Password);

    public IEnumerable<PropertyChange> Of(DeclaredWebhook wanted, AlertWebhook stored) =>
        Of("url", wanted.Url, stored.Url, value => WebhookAddress.Parse(value)?.AbsoluteUri)
            .Concat(Of("secret", wanted.Secret, stored.Secret));

    /// <param name="key">The key in the file.</param>
    /// <param name="wanted">The reference in the file.</param>
    /// <param name="stored">The encrypted secret.</param>
    /// <param name="storedForm">Returns a value as it is stored. Null when values are stored without white space around them, or as they
    /// are.</param>
    private IEnumerable<PropertyChange> Of(string key, SecretReference? wanted, byte[]? stored, Func<string, string?>? storedForm = null)
    {
        if (wanted?.Env is not { } variable || SecretNames.ValueOf(variable) is not { } value || stored is null)
            return [];
        return IsSame(stored, storedForm?.Invoke(value) ?? value)
            ? []
            : [new PropertyChange($"{key}.value", Hidden, $"{Hidden} ({variable})")];
    }

    private bool IsSame(byte[] stored, string value)
    {
        try
        {
            return secrets.UnprotectCredential(stored) is var kept && (kept == value || kept == value.Trim());
        }
        catch (CryptographicException)
        {
            // The encryption key is lost, so the secret must be stored again.
            return false;
        }
    }
}
