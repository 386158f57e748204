using KlaviyoExport.Data;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Demo;
using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Localization;
using KlaviyoExport.Web.Pages.Runs;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Security.Providers;
using KlaviyoExport.Web.Setup;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace KlaviyoExport.Web;

/// <summary>The web application: what it is made of, and how a request goes through it.</summary>
internal static class WebApp
{
    /// <summary>
    /// Runs until stopped, or does what a command asks. A wrong configuration ends it with code 1 and every fault on the console.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            Logs.Begin(args);
            if (Commands.In(args) is { } command)
                return await Commands.RunAsync(command, args[1..], Console.Out);
            await using var app = await CreateAsync(args);
            await app.RunAsync();
            return 0;
        }
        catch (Exception fault) when (StartFaults.In(fault) is { Count: > 0 } faults)
        {
            StartFaults.Print(faults, Console.Error);
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

    /// <summary>The application, not yet listening.</summary>
    /// <param name="args">Configuration keys as <c>--Key=value</c>.</param>
    /// <param name="configure">Last word on configuration and services; for tests.</param>
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
        // Without this, assets load from a build only in the Development environment; a published app does not need it.
        builder.WebHost.UseStaticWebAssets();

        builder.AddAddresses();
        builder.AddLogs();
        await builder.AddDemoAsync();
        AddServices(builder);

        var app = builder.Build();
        UsePipeline(app);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddData(builder.Configuration, builder.Environment.ContentRootPath);
        services.AddPeople(builder.Configuration);
        services.AddProduct(builder.Configuration);
        services.AddSetup();
        services.AddLanguages();
        services.AddProtection(builder.Configuration);
        services.AddHealth();
        services.AddRazorComponents().AddInteractiveServerComponents(options => builder.Configuration.GetSection("Circuits").Bind(options));
        services.AddRadzenComponents();
        services.AddUi();
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseRequestLog();
        app.UseProtection();
        app.UseRequestLocalization();
        app.UseExceptionHandler(ErrorPage.Options);
        // Only what was asked for as a page: a form that was refused keeps its own answer.
        app.UseWhen(
            context => HttpMethods.IsGet(context.Request.Method),
            pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true)
        );
        app.UseRouting();
        app.UseRequestRoute();
        app.UseSetupGate();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();

        app.MapStaticAssets().AllowAnonymous().WithMetadata(new BeforeSetupAttribute());
        app.MapHealth();
        app.MapSignOut();
        app.MapProviders();
        app.MapLanguage();
        app.MapKlaviyoCallback();
        app.MapRejectionsFile();
        app.MapListDifferencesFile();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }
}
