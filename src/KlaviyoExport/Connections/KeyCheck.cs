using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Connections;

/// <summary>
/// Finds out the account and the scopes of a key without changing anything. Each write scope is tested with a request that Klaviyo must
/// refuse: either because of the scope, or else because of its content.
/// </summary>
public sealed class KeyCheck(KlaviyoClient klaviyo, TimeProvider clock)
{
    /// <exception cref="LocalizedException">The key is not valid, or Klaviyo cannot be reached.</exception>
    public Task<AccountCheck> CheckAsync(string apiKey, CancellationToken cancellationToken) =>
        KlaviyoCredential.CanBeSecret(apiKey)
            ? CheckAsync(KlaviyoCredential.FromPrivateKey(apiKey), cancellationToken)
            : throw new LocalizedException(new LocalizedMessage("Connections.KeyMalformed"));

    /// <exception cref="LocalizedException">Klaviyo refuses the credential, or cannot be reached.</exception>
    internal async Task<AccountCheck> CheckAsync(KlaviyoCredential credential, CancellationToken cancellationToken)
    {
        try
        {
            var account = await klaviyo.GetAccountAsync(credential, cancellationToken);
            if (!account.Succeeded)
                throw new LocalizedException(KlaviyoMessages.For(account.Refusal));
            var missing = await klaviyo.GetMissingScopesAsync(credential with { Quota = account.Value.Id }, cancellationToken);
            return new AccountCheck(account.Value.Id, account.Value.Name, account.Value.TimeZone, account.Value.IsTest, missing)
            {
                At = clock.GetUtcNow(),
            };
        }
        catch (KlaviyoRefusedException refused)
        {
            throw new LocalizedException(KlaviyoMessages.For(refused.Refusal));
        }
        catch (KlaviyoUnavailableException outage)
        {
            throw new LocalizedException(KlaviyoMessages.For(outage));
        }
    }

    /// <exception cref="LocalizedException">The key is not valid or lacks a scope, or Klaviyo cannot be reached.</exception>
    public async Task<AccountCheck> CheckCompleteAsync(string apiKey, CancellationToken cancellationToken)
    {
        var check = await CheckAsync(apiKey, cancellationToken);
        return check.IsComplete
            ? check
            : throw new LocalizedException(new LocalizedMessage("Connections.ScopesMissing", string.Join(", ", check.MissingScopes)));
    }
}
