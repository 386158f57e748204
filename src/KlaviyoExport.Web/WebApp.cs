using KlaviyoExport.Data;
using KlaviyoExport.Web.Api;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Console;
using KlaviyoExport.Web.Demo;
using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Localization;
using KlaviyoExport.Web.Mcp;
using KlaviyoExport.Web.Pages.Help;
using KlaviyoExport.Web.Pages.People;
using KlaviyoExport.Web.Pages.Runs;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Practice;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Security.Providers;
using KlaviyoExport.Web.Setup;
using KlaviyoExport.Web.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace KlaviyoExport.Web;

/// <summary>Builds the web application: its services and its request pipeline.</summary>
internal static class WebApp
{
    /// <summary>
    /// Runs the command of the arguments: the server until it is stopped, or another command of <see cref="ConsoleApp"/>. When the
    /// configuration of the server is wrong, it prints every fault on the console and returns 1.
    /// </summary>
    /// <returns>The exit code of the process.</returns>
    public static Task<int> RunAsync(string[] args)
    {
        PrivateFiles.Begin();
        return ServeCommand.Settings(args) is { } settings ? ServeAsync(settings) : ConsoleApp.RunAsync(args);
    }

    private static async Task<int> ServeAsync(string[] args)
    {
        try
        {
            Logs.Begin(args);
            await using var app = await CreateAsync(args);
            await app.RunAsync();
            return 0;
        }
        catch (Exception fault) when (StartFaults.In(fault) is { Count: > 0 } faults)
        {
            StartFaults.Print(faults, System.Console.Error);
            return 1;
        }
        catch (Exception fault) when (fault is not HostAbortedException)
        {
            Logs.Failed(fault);
            return 1;
        }
        finally
        {
            await Serilog.Log.CloseAndFlushAsync();
        }
    }

    /// <summary>Builds the application without starting it.</summary>
    /// <param name="args">Configuration keys in the form <c>--Key=value</c>.</param>
    /// <param name="configure">Changes the configuration and services before the application adds its own. For tests.</param>
    public static async Task<WebApplication> CreateAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                ApplicationName = typeof(WebApp).Assembly.GetName().Name,
                ContentRootPath = ContentRoot.Find(),
            }
        );
        configure?.Invoke(builder);
        // Serves static assets from a build output in every environment. By default, that works only in Development. Published apps do not
        // need it.
        builder.WebHost.UseStaticWebAssets();

        // As a service of systemd or Windows: tells when it has started, and stops when it is told to. Without effect elsewhere.
        builder.Services.AddSystemd();
        builder.Services.AddWindowsService(options => options.ServiceName = "Klaviyo Export");
        builder.AddAddresses();
        builder.AddLogs();
        builder.AddTelemetry();
        await builder.AddDemoAsync();
        AddServices(builder);

        var app = builder.Build();
        UsePipeline(app);
        return app;
    }

    /// <summary>Adds the services of the application, except those of demo mode and logging.</summary>
    public static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        // Before the store, which is migrated when the data directory is locked.
        services.AddHostedService<DirectoryHold>();
        services.AddData(builder.Configuration, builder.Environment.ContentRootPath);
        services.AddPeople(builder.Configuration);
        services.AddProduct(builder.Configuration);
        services.AddPractice();
        services.AddSetup();
        services.AddLanguages();
        services.AddProtection(builder.Configuration);
        services.AddRateLimits();
        services.AddHealth();
        services.AddApi();
        services.AddMcp(builder.Configuration);
        services.AddRazorComponents().AddInteractiveServerComponents(options => builder.Configuration.GetSection("Circuits").Bind(options));
        services.AddRadzenComponents();
        services.AddUi();
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseRequestLog();
        app.UseProtection();
        app.UseRequestLocalization();
        app.UseWhen(
            ApiRegistration.IsApi,
            api => api.UseExceptionHandler(ApiProblem.Options).UseStatusCodePages(ApiProblem.WithoutBodyAsync)
        );
        app.UseWhen(context => !ApiRegistration.IsApi(context), pages => pages.UseExceptionHandler(ErrorPage.Options));
        // Only for GET requests: a rejected form post must keep its own response.
        app.UseWhen(
            context => HttpMethods.IsGet(context.Request.Method) && !ApiRegistration.IsApi(context),
            pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true)
        );
        app.UseRouting();
        app.UseRequestRoute();
        app.UseSetupGate();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRequestAddress();
        app.UseSessionGate();
        // After authentication, so that the limits of a person count for the person, not for the network address.
        app.UseRateLimiter();
        app.UseReadableQuery();
        app.UseAntiforgery();
        app.UseOwnForms();
        app.UseWhen(ApiRegistration.IsApi, api => api.Use(Idempotency.InvokeAsync));

        app.MapStaticAssets().AllowAnonymous().WithMetadata(new BeforeSetupAttribute());
        app.MapHealth();
        app.MapPrometheus();
        app.MapSignOut();
        app.MapPasskeyOptions();
        app.MapProviders();
        app.MapLanguage();
        app.MapTheme();
        app.MapKlaviyoCallback();
        app.MapRejectionsFile();
        app.MapRejectedProfilesFile();
        app.MapMalformedRowsFile();
        app.MapListDifferencesFile();
        app.MapAuditFiles();
        app.MapHelpPictures();
        app.MapApi();
        app.MapMcp();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }
}
