using KlaviyoExport.Klaviyo.Rates;

namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>Tells the message handlers which endpoint a request calls and with which credential.</summary>
/// <param name="Refused">The secret that Klaviyo has just refused for this call, when a different one is needed. Otherwise null.</param>
/// <param name="Attempts">Tracks all attempts of the call, including those with the refused secret.</param>
internal sealed record KlaviyoCall(KlaviyoEndpoint Endpoint, KlaviyoCredential Credential, string? Refused, CallAttempts Attempts)
{
    private static readonly HttpRequestOptionsKey<KlaviyoCall> Key = new("KlaviyoExport.Klaviyo.Call");

    /// <summary>The place of the first attempt. Null when each attempt waits for one.</summary>
    public CallPlace? Place { get; init; }

    /// <summary>The quota that the call counts against.</summary>
    public string Quota => Credential.Quota;

    /// <summary>Attaches the call to a request.</summary>
    public void Mark(HttpRequestMessage request) => request.Options.Set(Key, this);

    /// <summary>Returns the call that is attached to a request.</summary>
    public static KlaviyoCall Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out var call)
            ? call
            : throw new InvalidOperationException("The request was not created by KlaviyoClient.");
}
