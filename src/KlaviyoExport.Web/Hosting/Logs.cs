using KlaviyoExport.Web.Hosting.Limits;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Hosting;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Configures Serilog: logs to the console and optionally to a file, as text or JSON.</summary>
internal static class Logs
{
    /// <summary>
    /// Sets up the logger that is used until the application is built, and when building it fails. It writes to the console in the
    /// configured format.
    /// </summary>
    /// <exception cref="StartFaultException">The section <c>Serilog</c> has an invalid value.</exception>
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

    /// <summary>Logs the exception that ends the process. Writes it to the console if logging was not set up yet.</summary>
    public static void Failed(Exception fault)
    {
        if (Serilog.Log.Logger == Serilog.Core.Logger.None)
            System.Console.Error.WriteLine(fault);
        else
            Serilog.Log.Fatal(fault, "Klaviyo Export ended at something nobody foresaw.");
    }

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.AddLogOptions();
        var options = builder.Configuration.GetSection(LogOptions.Section).Get<LogOptions>() ?? new();
        builder.Services.AddSerilog(
            logs => Configure(logs, builder.Configuration, options, builder.Environment.ContentRootPath),
            // The application replaces the static logger only if Begin has set it up. Tests build the application without Begin.
            preserveStaticLogger: Serilog.Log.Logger is not ReloadableLogger
        );
    }

    /// <summary>Adds the options without logging. For commands, which write only their results to the console.</summary>
    public static void AddLogOptions(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LogOptions>().Bind(builder.Configuration.GetSection(LogOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LogOptions>, LogOptions.Validator>();
    }

    private static LoggerConfiguration Configure(
        LoggerConfiguration logs,
        IConfiguration configuration,
        LogOptions options,
        string contentRoot
    )
    {
        ITextFormatter format = options.ParsedFormat == LogFormat.Json ? new JsonFormatter(renderMessage: true) : new LogLines();
        logs.ReadFrom.Configuration(configuration)
            // This source logs the full address of each request. Overrides the configured level, to keep addresses out of the log.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Warning)
            .Filter.ByExcluding(CircuitRefusedException.IsReason)
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
