using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Core;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Console and, where asked for, a file; text or JSON.</summary>
internal static class Logs
{
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(LogOptions.Section);
        builder.Services.AddOptions<LogOptions>().Bind(section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LogOptions>, LogOptions.Validator>();

        var logger = Create(builder.Configuration, section.Get<LogOptions>() ?? new(), builder.Environment.ContentRootPath);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddSerilog(logger, dispose: true);
    }

    private static Logger Create(IConfiguration configuration, LogOptions options, string contentRoot)
    {
        ITextFormatter format = options.ParsedFormat == LogFormat.Json
            ? new JsonFormatter(renderMessage: true)
            : new MessageTemplateTextFormatter(Line, System.Globalization.CultureInfo.InvariantCulture);
        var logs = new LoggerConfiguration().ReadFrom.Configuration(configuration).WriteTo.Console(format);
        if (options.File is { Length: > 0 } file)
            logs.WriteTo.File(format, Path.GetFullPath(file, contentRoot), rollingInterval: RollingInterval.Day, retainedFileCountLimit: 31);
        return logs.CreateLogger();
    }
}
