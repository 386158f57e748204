using KlaviyoExport.Klaviyo.Rates;

namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>What the handlers need to know of a request beyond HTTP: which endpoint's it is, and what it signs itself with.</summary>
/// <param name="Refused">The secret Klaviyo has just refused for this very call, so that another is wanted.</param>
/// <param name="Fate">Of all its tries, also of those with the secret that was refused.</param>
internal sealed record KlaviyoCall(KlaviyoEndpoint Endpoint, KlaviyoCredential Credential, string? Refused, CallFate Fate)
{
    private static readonly HttpRequestOptionsKey<KlaviyoCall> Key = new("KlaviyoExport.Klaviyo.Call");

    /// <summary>Whose quota it draws on.</summary>
    public string Quota => Credential.Quota;

    public void Mark(HttpRequestMessage request) => request.Options.Set(Key, this);

    public static KlaviyoCall Of(HttpRequestMessage request) =>
        request.Options.TryGetValue(Key, out var call)
            ? call
            : throw new InvalidOperationException("Only KlaviyoClient's requests go through its handlers.");
}
