using System.Text.Json;
using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Thrown when the application cannot start as configured. The person gets the message without a stack trace.</summary>
internal sealed class StartFaultException(string fault) : Exception(fault);

/// <summary>Finds the configuration faults in an exception and prints them.</summary>
internal static class StartFaults
{
    /// <summary>Returns all configuration faults in the exception. Empty when it has another cause.</summary>
    public static IReadOnlyList<string> In(Exception exception) =>
        exception switch
        {
            OptionsValidationException invalid => [.. invalid.Failures],
            // A settings file that is not JSON, or a value of the wrong type. The framework's message names the file or the key.
            InvalidDataException { InnerException: FormatException or JsonException }
            or InvalidOperationException { InnerException: FormatException or ArgumentException } => [exception.Message],
            StartFaultException or StoreFaultException => [exception.Message],
            AggregateException many when many.InnerExceptions.All(inner => In(inner).Count > 0) => [.. many.InnerExceptions.SelectMany(In)],
            _ => [],
        };

    public static void Print(IReadOnlyList<string> faults, TextWriter output)
    {
        output.WriteLine("Klaviyo Export cannot start:");
        foreach (var fault in faults)
            output.WriteLine($"  - {fault}");
    }
}
