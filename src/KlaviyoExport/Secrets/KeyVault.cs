using System.Collections.Concurrent;
using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Secrets;

/// <summary>
/// Reads secrets from Azure Key Vault when they are used. They are cached in memory for at most <see cref="Remembered"/> and never stored.
/// </summary>
internal sealed class KeyVault
{
    /// <summary>
    /// How long a secret may be used after it was replaced in the vault. A secret that is refused is read again immediately.
    /// </summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly Lazy<SecretClient> _client;
    private readonly ConcurrentDictionary<string, (string Secret, DateTimeOffset ReadAt)> _read = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    public KeyVault(IOptions<KeyVaultOptions> options, IHttpClientFactory clients, TimeProvider clock, ILogger<KeyVault> logger)
    {
        (_clock, _logger) = (clock, logger);
        IsConfigured = options.Value.Uri.Length > 0;
        _client = new(() =>
        {
            var transport = new HttpClientTransport(clients.CreateClient(AzureClient.Name));
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

    /// <summary>Returns the newest version of a secret.</summary>
    /// <param name="name">A name of 1 to 127 letters, digits and hyphens.</param>
    /// <param name="refused">The secret that was just refused, if any. The vault is then read again.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SecretException">There is no vault, no such secret, or it may not be read.</exception>
    /// <exception cref="SecretUnavailableException">The vault or the identity service of Azure cannot be reached.</exception>
    public async Task<string> ReadAsync(string name, string? refused, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (_read.TryGetValue(name, out var known) && now - known.ReadAt < Remembered && known.Secret.Trim() != refused?.Trim())
            return known.Secret;
        var secret = await AskAsync(name, cancellationToken);
        _read[name] = (secret, now);
        return secret;
    }

    /// <summary>Removes a secret from the cache, because a person may have just corrected it.</summary>
    public void Forget(string name) => _read.TryRemove(name, out _);

    private async Task<string> AskAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.Value.GetSecretAsync(name, cancellationToken: cancellationToken)).Value.Value;
        }
        catch (RequestFailedException refused)
        {
            Log.VaultRefused(_logger, name, refused.Status, refused.ErrorCode);
            throw refused.Status switch
            {
                404 => new SecretException(new LocalizedMessage("Secrets.VaultNotFound", name)),
                401 or 403 => new SecretException(new LocalizedMessage("Secrets.VaultForbidden", name)),
                0 => new SecretUnavailableException(new LocalizedMessage("Secrets.VaultUnreachable")),
                _ => new SecretUnavailableException(new LocalizedMessage("Secrets.VaultFailed", name, refused.Status)),
            };
        }
        catch (AuthenticationFailedException failed)
        {
            // The message lists the authentication methods that were tried, but no secret.
            Log.VaultNoIdentity(_logger, failed);
            throw new SecretUnavailableException(new LocalizedMessage("Secrets.VaultNoIdentity"));
        }
        catch (Exception failed)
            when (failed is AggregateException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Every attempt failed to reach the vault, or timed out.
            Log.VaultRefused(_logger, name, 0, failed.GetType().Name);
            throw new SecretUnavailableException(new LocalizedMessage("Secrets.VaultUnreachable"));
        }
    }
}
