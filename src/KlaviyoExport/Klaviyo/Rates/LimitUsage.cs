namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>How much of the limit per minute of an endpoint is used, as far as this process knows.</summary>
/// <param name="Endpoint">The name of the endpoint in Klaviyo's API description.</param>
/// <param name="Used">The calls of this process that count against the limit now.</param>
/// <param name="LeftToOthers">The calls that are left to other clients of the account, because Klaviyo reported their use.</param>
/// <param name="Limit">The maximum number of calls in a minute.</param>
/// <param name="HasWaited">Whether a call began to wait for a free place within the last minute, or waits now.</param>
/// <param name="IsClosed">Whether Klaviyo has closed the endpoint with a 429.</param>
internal sealed record LimitUsage(string Endpoint, int Used, int LeftToOthers, int Limit, bool HasWaited, bool IsClosed);
