using System.Collections.Concurrent;
using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using KlaviyoExport.Klaviyo;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Connections;

/// <summary>
/// Reads API keys from Azure Key Vault when they are used. They are cached in memory for at most <see cref="Remembered"/> and never
/// stored.
/// </summary>
public sealed class KeyVaultSecrets
{
    /// <summary>
    /// How long a key may be used after it was replaced in the vault. A key that Klaviyo refuses is read again immediately.
    /// </summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    /// <summary>The name of the HTTP client for the vault and Azure's sign-in.</summary>
    internal const string ClientName = "KeyVault";

    private readonly Lazy<SecretClient> _client;
    private readonly ConcurrentDictionary<string, (string Secret, DateTimeOffset ReadAt)> _read = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    public KeyVaultSecrets(
        IOptions<KeyVaultOptions> options,
        IHttpClientFactory clients,
        TimeProvider clock,
        ILogger<KeyVaultSecrets> logger
    )
    {
        (_clock, _logger) = (clock, logger);
        IsConfigured = options.Value.Uri.Length > 0;
        _client = new(() =>
        {
            var transport = new HttpClientTransport(clients.CreateClient(ClientName));
            var identity = new DefaultAzureCredentialOptions { Transport = transport };
            var reading = new SecretClientOptions { Transport = transport };
            // A person is waiting at a page, and a run has its own retries.
            (reading.Retry.MaxRetries, reading.Retry.Delay, reading.Retry.NetworkTimeout) = (
                2,
                TimeSpan.FromMilliseconds(500),
                TimeSpan.FromSeconds(15)
            );
            return new SecretClient(new Uri(options.Value.Uri), new DefaultAzureCredential(identity), reading);
        });
    }

    /// <summary>Whether a vault is configured for this installation.</summary>
    public bool IsConfigured { get; }

    /// <summary>Whether a text can be the name of a secret: 1 to 127 letters, digits and hyphens.</summary>
    public static bool CanBeName(string? name) =>
        name is { Length: > 0 and <= 127 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>Returns the newest version of a secret.</summary>
    /// <param name="refused">The key that Klaviyo has just refused, if any. The vault is then read again.</param>
    /// <exception cref="LocalizedException">There is no vault, no such secret, or it may not be read.</exception>
    /// <exception cref="KeyVaultUnavailableException">The vault or the identity service of Azure cannot be reached.</exception>
    public async Task<string> ReadAsync(string name, string? refused, CancellationToken cancellationToken)
    {
        if (!IsConfigured)
            throw new KeyVaultSecretException(new LocalizedMessage("Connections.NoVault", name));
        var now = _clock.GetUtcNow();
        if (_read.TryGetValue(name, out var known) && now - known.ReadAt < Remembered && known.Secret != refused)
            return known.Secret;
        var secret = await AskAsync(name, cancellationToken);
        _read[name] = (secret, now);
        return secret;
    }

    /// <summary>Reads a secret without the cache, because a person may have just corrected it.</summary>
    public Task<string> ReadAgainAsync(string name, CancellationToken cancellationToken)
    {
        _read.TryRemove(name, out _);
        return ReadAsync(name, null, cancellationToken);
    }

    private async Task<string> AskAsync(string name, CancellationToken cancellationToken)
    {
        if (!CanBeName(name))
            throw new KeyVaultSecretException(new LocalizedMessage("Connections.VaultNameMalformed"));
        try
        {
            var secret = (await _client.Value.GetSecretAsync(name, cancellationToken: cancellationToken)).Value.Value;
            return KlaviyoCredential.CanBeSecret(secret)
                ? secret.Trim()
                : throw new KeyVaultSecretException(new LocalizedMessage("Connections.VaultNoKey", name));
        }
        catch (RequestFailedException refused)
        {
            Log.VaultRefused(_logger, name, refused.Status, refused.ErrorCode);
            throw refused.Status switch
            {
                404 => new KeyVaultSecretException(new LocalizedMessage("Connections.VaultNotFound", name)),
                401 or 403 => new KeyVaultSecretException(new LocalizedMessage("Connections.VaultForbidden", name)),
                0 => new KeyVaultUnavailableException(new LocalizedMessage("Connections.VaultUnreachable")),
                _ => new KeyVaultUnavailableException(new LocalizedMessage("Connections.VaultFailed", name, refused.Status)),
            };
        }
        catch (AuthenticationFailedException failed)
        {
            // The message lists the authentication methods that were tried, but no secret.
            Log.VaultNoIdentity(_logger, failed);
            throw new KeyVaultUnavailableException(new LocalizedMessage("Connections.VaultNoIdentity"));
        }
        catch (Exception failed)
            when (failed is AggregateException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Every attempt failed to reach the vault, or timed out.
            Log.VaultRefused(_logger, name, 0, failed.GetType().Name);
            throw new KeyVaultUnavailableException(new LocalizedMessage("Connections.VaultUnreachable"));
        }
    }
}

/// <summary>Thrown when the vault cannot be reached at the moment. A run retries later.</summary>
public sealed class KeyVaultUnavailableException(LocalizedMessage message) : LocalizedException(message);
