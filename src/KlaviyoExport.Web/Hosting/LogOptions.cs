using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>The format of log entries.</summary>
public enum LogFormat
{
    /// <summary>Plain text for people.</summary>
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}

/// <summary>
/// Section <c>Log</c>. The levels are set in Serilog's own section: <c>Serilog:MinimumLevel:Default</c> and
/// <c>Serilog:MinimumLevel:Override:…</c>.
/// </summary>
public sealed class LogOptions
{
    public const string Section = "Log";

    /// <summary>The format of log entries: <c>Text</c>, plain text for people, or <c>Json</c>, one JSON object per line.</summary>
    public string Format { get; set; } = nameof(LogFormat.Text);

    /// <summary>
    /// The path of a log file, from the folder of the application if it is relative. A new file is started each day, and 31 files are kept.
    /// None: log entries go to the console only.
    /// </summary>
    public string? File { get; set; }

    internal LogFormat ParsedFormat => Enum.TryParse<LogFormat>(Format, ignoreCase: true, out var format) ? format : LogFormat.Text;

    internal sealed class Validator : IValidateOptions<LogOptions>
    {
        public ValidateOptionsResult Validate(string? name, LogOptions options) =>
            Enum.TryParse<LogFormat>(options.Format, ignoreCase: true, out _)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail($"{Section}:{nameof(Format)} is \"{options.Format}\"; set it to Text or Json.");
    }
}
