using KlaviyoExport.Klaviyo.Wire;

namespace KlaviyoExport.Klaviyo.Resilience;

/// <summary>Signs every try when its turn has come: waiting for a turn may take longer than a token lasts.</summary>
internal sealed class SignHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = KlaviyoCall.Of(request);
        request.Headers.Authorization = await call.Credential.SignAsync(call.Refused, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
