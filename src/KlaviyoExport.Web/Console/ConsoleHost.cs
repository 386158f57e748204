using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Console;

/// <summary>
/// Builds the services of the application for a command, with the same settings as the server. Nothing is started: no background service,
/// no web server, no demo.
/// </summary>
internal static class ConsoleHost
{
    /// <exception cref="OptionsValidationException">A setting is invalid.</exception>
    /// <exception cref="StoreFaultException">The data directory cannot be used.</exception>
    public static WebApplication Build(string[] settings, Action<IServiceCollection>? configure = null)
    {
        var app = BuildUnchecked(settings, configure);
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        return app;
    }

    /// <summary>As <see cref="Build"/>, without validating the settings.</summary>
    public static WebApplication BuildUnchecked(string[] settings, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = settings,
                ApplicationName = typeof(ConsoleHost).Assembly.GetName().Name,
                ContentRootPath = ContentRoot.Find(),
            }
        );
        builder.Logging.ClearProviders();
        builder.AddLogOptions();
        builder.AddAddresses();
        WebApp.AddServices(builder);
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    /// <summary>Returns the data directory of the settings.</summary>
    public static string DataDirectory(this WebApplication app) =>
        app.Services.GetRequiredService<IOptions<StoreOptions>>().Value.DataDirectory;

    /// <summary>Writes into the audit what the command has done.</summary>
    public static async Task AddAuditAsync(
        this WebApplication app,
        string action,
        CancellationToken cancellationToken,
        LocalizedMessage? detail = null
    )
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
        app.Services.GetRequiredService<Audit>().Add(db, Actor.Console, action, detail: detail);
        await db.SaveChangesAsync(cancellationToken);
        await app.SealAuditAsync();
    }

    /// <summary>Seals what the command has added to the audit. When it fails, a server does it.</summary>
    public static async Task SealAuditAsync(this WebApplication app)
    {
        try
        {
            await app.Services.GetRequiredService<AuditSealing>().SealAsync(CancellationToken.None);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // The command has done its work.
        }
    }

    /// <summary>Locks the data directory for a command that needs a stopped server.</summary>
    /// <exception cref="CommandFaultException">A server or another command uses it.</exception>
    public static DirectoryLock Lock(this WebApplication app, string advice) =>
        DirectoryLock.TryTake(app.DataDirectory())
        ?? throw new CommandFaultException(
            $"Klaviyo Export is running on DataDirectory ({app.DataDirectory()}). {advice}",
            ExitCode.Refused
        );
}
