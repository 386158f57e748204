using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

public enum LogFormat
{
    Text,
    Json,
}

/// <summary>
/// Section <c>Log</c>. Levels are Serilog's own: <c>Serilog:MinimumLevel:Default</c> and <c>Serilog:MinimumLevel:Override:…</c>.
/// </summary>
public sealed class LogOptions
{
    public const string Section = "Log";

    /// <summary>How lines are written: for people (default) or one JSON object a line.</summary>
    public string Format { get; set; } = nameof(LogFormat.Text);

    /// <summary>Also write to this file, a new one each day, 31 kept. Relative to the app. Empty (default): console only.</summary>
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
