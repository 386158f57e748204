namespace KlaviyoExport.Overview;

/// <summary>How much of Klaviyo's rate limits the calls of a connection use, as far as this server knows.</summary>
/// <param name="Limits">The limits that were used in the last minute, the most used first. Empty when there was no call.</param>
public sealed record ConnectionUse(int ConnectionId, string Name, IReadOnlyList<LimitUse> Limits);

/// <summary>The use of Klaviyo's limit of calls a minute to one endpoint.</summary>
/// <param name="Endpoint">The name of the endpoint in Klaviyo's API description.</param>
/// <param name="Used">The calls of this server in the last minute.</param>
/// <param name="ByOthers">The calls that this server leaves to other programs that use the account, because Klaviyo reported them.</param>
/// <param name="Limit">The maximum number of calls in a minute.</param>
/// <param name="HasWaited">Whether a call of this server began to wait for the limit in the last minute, or waits now.</param>
/// <param name="IsClosed">Whether Klaviyo has asked for a pause.</param>
public sealed record LimitUse(string Endpoint, int Used, int ByOthers, int Limit, bool HasWaited, bool IsClosed)
{
    /// <summary>The share of the limit that this server and others use: 0 to 1.</summary>
    public double Share => Math.Min(1, (double)(Used + ByOthers) / Limit);
}
