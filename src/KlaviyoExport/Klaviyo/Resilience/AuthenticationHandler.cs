using KlaviyoExport.Klaviyo.Wire;

namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>
/// Adds the Authorization header to each attempt, after the wait for the rate limit. The wait may be longer than the lifetime of a token.
/// </summary>
internal sealed class AuthenticationHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = KlaviyoCall.Of(request);
        request.Headers.Authorization = await call.Credential.SignAsync(call.Refused, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
