using System.ComponentModel.DataAnnotations;
using KlaviyoExport.Data;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Web.Hosting;

namespace KlaviyoExport.Web.Demo;

/// <summary>Runs the application with demo data and the Klaviyo sandbox, reachable only from this machine.</summary>
internal static class DemoMode
{
    private const string ProviderKey = "Database:Provider";

    /// <summary>
    /// Starts the Klaviyo sandbox and sets the configuration to use it. Without <c>Demo:Enabled</c>, it only checks that the data directory
    /// is not that of demo mode, because its passwords are published.
    /// </summary>
    /// <exception cref="StartFaultException">
    /// In demo mode: an address is not a loopback address, the store is not SQLite, a reverse proxy is configured, the data directory holds
    /// a real installation, or the sandbox cannot listen. Otherwise: the data directory was made by demo mode.
    /// </exception>
    public static async Task AddDemoAsync(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(DemoOptions.Section).Get<DemoOptions>() ?? new();
        if (options.Enabled && builder.Configuration["DataDirectory"] is not { Length: > 0 })
            builder.Configuration["DataDirectory"] = Path.Combine("data", "demo");
        var files = new DemoFiles(StoreOptions.Of(builder.Configuration, builder.Environment.ContentRootPath).DataDirectory);
        if (!options.Enabled)
        {
            if (files.AreDemo)
                throw new StartFaultException(
                    $"DataDirectory ({files.Directory}) was created by demo mode, whose passwords are public. Set DataDirectory to "
                        + "another folder, or Demo:Enabled to true."
                );
            return;
        }
        Demand(builder.Configuration);
        if (files.AreInEarnest)
            throw new StartFaultException(
                $"Demo:Enabled is true, but DataDirectory ({files.Directory}) holds a real installation. Set DataDirectory to another "
                    + "folder, or Demo:Enabled to false."
            );

        files.Mark();
        var sandbox = await StartSandboxAsync(options, files);
        // Overrides any Klaviyo settings, so that demo customers are never sent to the real Klaviyo.
        Point(builder.Configuration, sandbox);
        builder.Configuration[$"Sources:Roots:{builder.Configuration.GetSection("Sources:Roots").GetChildren().Count()}"] = files.Sources;
        // Registered with a factory, because the container does not dispose instances that it is given.
        builder.Services.AddSingleton(_ => sandbox);
        builder.Services.AddSingleton(files);
        builder.Services.AddSingleton<DemoSeed>();
        builder.Services.AddSingleton<DemoTour>();
        builder.Services.AddHostedService<DemoHost>();
    }

    private static void Demand(ConfigurationManager configuration)
    {
        if (Addresses.Configured(configuration).FirstOrDefault(address => !Addresses.IsLoopback(address)) is { } open)
            throw new StartFaultException(
                $"Demo:Enabled is true, and the address {open} can be reached from other machines. Set urls to a loopback address such as "
                    + $"{Addresses.Default}, or Demo:Enabled to false."
            );
        if (configuration[ProviderKey] is { Length: > 0 } provider && !provider.Equals("Sqlite", StringComparison.OrdinalIgnoreCase))
            throw new StartFaultException(
                $"Demo:Enabled is true, and {ProviderKey} is {provider}. Demo mode stores everything in its data directory; remove "
                    + "one of the two."
            );
        if ((configuration.GetSection(ProxyOptions.Section).Get<ProxyOptions>() ?? new()).IsConfigured)
            throw new StartFaultException(
                $"Demo:Enabled is true, and {ProxyOptions.Section} names a reverse proxy. Demo mode accepts connections from this machine "
                    + "only; remove one of the two."
            );
    }

    private static void Point(ConfigurationManager configuration, SandboxServer sandbox)
    {
        configuration["Klaviyo:BaseUrl"] = sandbox.BaseAddress.ToString();
        configuration["Klaviyo:OAuth:ClientId"] = SandboxApp.ClientId;
        configuration["Klaviyo:OAuth:ClientSecret"] = SandboxApp.ClientSecret;
        configuration["Klaviyo:OAuth:AuthorizeUrl"] = new Uri(sandbox.BaseAddress, "oauth/authorize").ToString();
        configuration["Klaviyo:OAuth:TokenUrl"] = new Uri(sandbox.BaseAddress, "oauth/token").ToString();
        configuration["Klaviyo:OAuth:RevokeUrl"] = new Uri(sandbox.BaseAddress, "oauth/revoke").ToString();
        configuration["Klaviyo:OAuth:RedirectUri"] = null;
    }

    private static async Task<SandboxServer> StartSandboxAsync(DemoOptions options, DemoFiles files)
    {
        try
        {
            return await SandboxServer.StartAsync(
                new SandboxOptions { Url = options.SandboxUrl, DataFile = files.Sandbox },
                CancellationToken.None
            );
        }
        catch (Exception fault) when (fault is ValidationException or IOException)
        {
            throw new StartFaultException(
                $"{DemoOptions.Section}:{nameof(DemoOptions.SandboxUrl)}: the sandbox cannot listen at {options.SandboxUrl}. "
                    + $"{fault.Message}"
            );
        }
    }
}
