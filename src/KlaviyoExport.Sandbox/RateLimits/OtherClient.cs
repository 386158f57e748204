namespace KlaviyoExport.Sandbox.RateLimits;

/// <summary>A client of the same account that is not there: its calls are made up, evenly in time, whenever somebody looks.</summary>
internal sealed class OtherClient(string owner, string endpoint, int callsPerSecond, DateTimeOffset begins)
{
    private long _made;

    public string Owner => owner;

    public string Endpoint => endpoint;

    /// <summary>When its next call is due.</summary>
    public DateTimeOffset Next => begins.AddTicks(_made * TimeSpan.TicksPerSecond / callsPerSecond);

    public void Made() => _made++;
}
