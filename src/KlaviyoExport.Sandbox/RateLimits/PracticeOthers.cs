namespace KlaviyoExport.Sandbox.RateLimits;

/// <summary>How other clients of the accounts fared.</summary>
/// <param name="Served">Calls let through.</param>
/// <param name="Throttled">Calls turned away with a 429.</param>
public sealed record PracticeOthers(int Served, int Throttled);
