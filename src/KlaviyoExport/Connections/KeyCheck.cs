using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Connections;

/// <summary>
/// Finds out whose a key is and what it may do, without creating or changing anything: each write scope is probed with a request that Klaviyo
/// must refuse, by its scope or else by its content.
/// </summary>
public sealed class KeyCheck(KlaviyoClient klaviyo, TimeProvider clock)
{
    /// <exception cref="NoticeException">The key is wrong, or Klaviyo cannot be asked.</exception>
    public async Task<AccountCheck> CheckAsync(string apiKey, CancellationToken cancel)
    {
        if (!KlaviyoCredential.CanBeSecret(apiKey))
            throw new NoticeException(new Notice("Connections.KeyMalformed"));
        var credential = KlaviyoCredential.FromPrivateKey(apiKey);
        try
        {
            var account = await klaviyo.GetAccountAsync(credential, cancel);
            if (!account.Succeeded)
                throw new NoticeException(KlaviyoNotices.For(account.Refusal));
            var missing = await klaviyo.GetMissingScopesAsync(credential with { Quota = account.Value.Id }, cancel);
            return new AccountCheck(account.Value.Id, account.Value.Name, account.Value.TimeZone, account.Value.IsTest, missing) { At = clock.GetUtcNow() };
        }
        catch (KlaviyoRefusedException refused)
        {
            throw new NoticeException(KlaviyoNotices.For(refused.Refusal));
        }
        catch (KlaviyoUnavailableException outage)
        {
            throw new NoticeException(KlaviyoNotices.For(outage));
        }
    }

    /// <exception cref="NoticeException">The key is wrong or lacks a scope, or Klaviyo cannot be asked.</exception>
    public async Task<AccountCheck> CheckCompleteAsync(string apiKey, CancellationToken cancel)
    {
        var check = await CheckAsync(apiKey, cancel);
        return check.IsComplete ? check : throw new NoticeException(new Notice("Connections.ScopesMissing", string.Join(", ", check.MissingScopes)));
    }
}
