using Serilog.Core;
using Serilog.Events;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Removes the properties with a request's address from every log event. Paths and queries can contain one-time tokens.
/// <see cref="RequestLog"/> logs the route instead.
/// </summary>
internal sealed class WithoutAddresses : ILogEventEnricher
{
    private static readonly string[] Names = ["RequestPath", "Path", "PathBase", "QueryString", "RequestUri", "Uri", "Url"];

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        foreach (var name in Names)
            logEvent.RemovePropertyIfPresent(name);
    }
}
