namespace KlaviyoExport.Sandbox.RateLimits;

/// <summary>The results of the calls of other clients.</summary>
/// <param name="Served">The number of allowed calls.</param>
/// <param name="Throttled">The number of calls refused with status 429.</param>
public sealed record SandboxOtherClients(int Served, int Throttled);
