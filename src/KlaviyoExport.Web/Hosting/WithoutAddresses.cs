using Serilog.Core;
using Serilog.Events;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Takes out of every event what the framework adds of the address that was asked for: paths hold one-time tokens, queries hold more. Of a
/// request, <see cref="RequestLog"/> says the route instead.
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
