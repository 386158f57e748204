namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>Describes calls to an endpoint that wait for its rate limits.</summary>
/// <param name="Endpoint">The name of the endpoint in Klaviyo's API description.</param>
/// <param name="For">How long no call has passed while calls were waiting.</param>
/// <param name="Until">When to expect the next call to pass, from now. Null when only the end of a call in progress can tell.</param>
/// <param name="IsClosed">Whether Klaviyo has closed the endpoint with a 429.</param>
/// <param name="IsShared">Whether other clients of the account use the limit as well.</param>
internal sealed record LimitWait(string Endpoint, TimeSpan For, TimeSpan? Until, bool IsClosed, bool IsShared);
