using System.Text.Json;
using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>A start that cannot be: the person who configured it gets sentences, not a stack trace.</summary>
internal sealed class StartFaultException(string fault) : Exception(fault);

internal static class StartFaults
{
    /// <summary>All faults of the configuration; empty when the exception is of another kind.</summary>
    public static IReadOnlyList<string> In(Exception exception) =>
        exception switch
        {
            OptionsValidationException invalid => [.. invalid.Failures],
            // A file of settings that is no JSON, a word where a number belongs: the framework's own sentence names the file or the key.
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
