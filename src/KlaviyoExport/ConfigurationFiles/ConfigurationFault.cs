using System.Globalization;
using System.Text.Json.Serialization;

namespace KlaviyoExport.ConfigurationFiles;

/// <summary>A fault in a configuration file.</summary>
/// <param name="Line">The line, starting at 1.</param>
/// <param name="Column">The column, starting at 1.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record ConfigurationFault(int Line, int Column, [property: JsonIgnore] LocalizedMessage Message)
{
    /// <summary>The message in the language of the caller.</summary>
    public string Text => Message.ForReader();

    /// <summary>Returns the place and the English message, for logs and debuggers.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: {Message}");
}

/// <summary>Thrown when a configuration file has faults. Nothing was changed.</summary>
/// <param name="faults">All faults, in the order of the file, at most 100. At least one.</param>
public sealed class ConfigurationInvalidException(IReadOnlyList<ConfigurationFault> faults)
    : LocalizedException(
        new LocalizedMessage("ConfigurationFiles.Invalid", faults.Count, faults[0].Line, faults[0].Column, faults[0].Message)
    )
{
    public IReadOnlyList<ConfigurationFault> Faults { get; } = faults;
}

/// <summary>Thrown when the configuration is no longer the one that the caller has seen. Nothing was changed.</summary>
public sealed class ConfigurationChangedException() : LocalizedException(new LocalizedMessage("ConfigurationFiles.ChangedMeanwhile"));
