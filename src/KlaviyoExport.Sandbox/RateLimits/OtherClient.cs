namespace KlaviyoExport.Sandbox.RateLimits;

/// <summary>A simulated client of the same account. Its calls are evenly distributed in time and are computed when needed.</summary>
internal sealed class OtherClient(string owner, string endpoint, int callsPerSecond, DateTimeOffset begins)
{
    private long _made;

    public string Owner => owner;

    public string Endpoint => endpoint;

    /// <summary>When its next call is due.</summary>
    public DateTimeOffset Next => begins.AddTicks(_made * TimeSpan.TicksPerSecond / callsPerSecond);

    public void Made() => _made++;
}
