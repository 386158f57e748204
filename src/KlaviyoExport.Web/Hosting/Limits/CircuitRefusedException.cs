using Serilog.Events;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>
/// Ends a circuit that is not permitted. The framework knows no other way to end one, and logs each exception as an error, which this is not:
/// <see cref="IsReason"/> keeps it out of the log.
/// </summary>
internal sealed class CircuitRefusedException() : Exception("The person has too many open pages.")
{
    public static bool IsReason(LogEvent entry) => entry.Exception?.GetBaseException() is CircuitRefusedException;
}
