using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>The provider's addresses and keys, read when first needed and again twice a day, or when a token names a key that is not among them.</summary>
internal sealed class ProviderMetadata(IOptions<OpenIdConnectOptions> options, IHttpClientFactory clients, TimeProvider clock) : IDisposable
{
    public const string Client = "OpenIdConnect";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Tokens with invented keys must not make us knock at the provider's door without end.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _one = new(1);
    private volatile Reading? _last;

    /// <exception cref="ProviderException">It cannot be read.</exception>
    public Task<OpenIdConnectConfiguration> GetAsync(CancellationToken cancel) => ReadAsync(Lifetime, cancel);

    /// <summary>After a token that was signed with an unknown key: as new as may be.</summary>
    /// <exception cref="ProviderException">It cannot be read.</exception>
    public Task<OpenIdConnectConfiguration> RenewAsync(CancellationToken cancel) => ReadAsync(Pause, cancel);

    public void Dispose() => _one.Dispose();

    private async Task<OpenIdConnectConfiguration> ReadAsync(TimeSpan maxAge, CancellationToken cancel)
    {
        if (Known(maxAge) is { } known)
            return known;
        await _one.WaitAsync(cancel);
        try
        {
            if (Known(maxAge) is { } meanwhile)
                return meanwhile;
            var authority = new Uri(options.Value.Authority);
            var documents = new HttpDocumentRetriever(clients.CreateClient(Client)) { RequireHttps = !authority.IsLoopback, SendAdditionalHeaderData = false };
            var value = await OpenIdConnectConfigurationRetriever.GetAsync($"{authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration", documents, cancel);
            if (value is not { Issuer.Length: > 0, AuthorizationEndpoint.Length: > 0, TokenEndpoint.Length: > 0, SigningKeys.Count: > 0 })
                throw ProviderException.Unbelievable("The provider's metadata lacks its issuer, an address or its keys.");
            _last = new Reading(value, clock.GetUtcNow());
            return value;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidOperationException or ArgumentException
            || (exception is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw ProviderException.Unreachable(exception);
        }
        finally
        {
            _one.Release();
        }
    }

    private OpenIdConnectConfiguration? Known(TimeSpan maxAge) => _last is { } last && clock.GetUtcNow() - last.At < maxAge ? last.Value : null;

    private sealed record Reading(OpenIdConnectConfiguration Value, DateTimeOffset At);
}
