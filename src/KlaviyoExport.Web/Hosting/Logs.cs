using System.Globalization;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Hosting;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Serilog: console and, where asked for, a file; text or JSON.</summary>
internal static class Logs
{
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    /// <summary>
    /// What is logged until the application is built, and when it cannot be: to the console, in the format the settings ask for.
    /// </summary>
    /// <exception cref="StartFaultException">The section <c>Serilog</c> holds something it does not know.</exception>
    public static void Begin(string[] args)
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(ContentRoot.Find() ?? Directory.GetCurrentDirectory(), "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(args)
            .Build();
        var format = configuration[$"{LogOptions.Section}:{nameof(LogOptions.Format)}"] ?? "";
        try
        {
            Serilog.Log.Logger = Configure(new LoggerConfiguration(), configuration, new LogOptions { Format = format }, contentRoot: "")
                .CreateBootstrapLogger();
        }
        catch (InvalidOperationException fault)
        {
            throw new StartFaultException($"Serilog:MinimumLevel: {fault.Message}");
        }
    }

    /// <summary>The process ends at something nobody foresaw, perhaps before it could begin to log.</summary>
    public static void Failed(Exception fault)
    {
        if (Serilog.Log.Logger == Serilog.Core.Logger.None)
            Console.Error.WriteLine(fault);
        else
            Serilog.Log.Fatal(fault, "Klaviyo Export ended at something nobody foresaw.");
    }

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(LogOptions.Section);
        builder.Services.AddOptions<LogOptions>().Bind(section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LogOptions>, LogOptions.Validator>();

        var options = section.Get<LogOptions>() ?? new();
        builder.Services.AddSerilog(
            logs => Configure(logs, builder.Configuration, options, builder.Environment.ContentRootPath),
            // Only the process that began logging with Begin has a logger to take over.
            preserveStaticLogger: Serilog.Log.Logger is not ReloadableLogger
        );
    }

    private static LoggerConfiguration Configure(
        LoggerConfiguration logs,
        IConfiguration configuration,
        LogOptions options,
        string contentRoot
    )
    {
        ITextFormatter format =
            options.ParsedFormat == LogFormat.Json
                ? new JsonFormatter(renderMessage: true)
                : new MessageTemplateTextFormatter(Line, CultureInfo.InvariantCulture);
        logs.ReadFrom.Configuration(configuration)
            // It writes the whole address of a request, at whatever level the settings ask for.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Warning)
            .Enrich.With<WithoutAddresses>()
            .WriteTo.Console(format);
        if (options.File is { Length: > 0 } file)
            logs.WriteTo.File(
                format,
                Path.GetFullPath(file, contentRoot),
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: 31
            );
        return logs;
    }
}
