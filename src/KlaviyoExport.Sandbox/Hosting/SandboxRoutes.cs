using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Sandbox.Pages;

namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>The routes of the sandbox.</summary>
internal static class SandboxRoutes
{
    public static void Map(WebApplication app, SandboxState state, SandboxOptions options)
    {
        app.Use(LoopbackOnly.Guard);
        app.UseRouting();
        var api = new ApiPipeline(state, options);
        app.Map("/api/{**rest}", api.Handle);
        if (!options.ServesPages)
            return;
        ControlRoutes.Map(app, state);
        var tokens = new TokenEndpoint(state, options);
        app.MapPost("/oauth/token", tokens.Token);
        app.MapPost("/oauth/revoke", tokens.Revoke);
        app.MapGet("/oauth/authorize", http => AuthorizePage.Show(http, state));
        app.MapPost("/oauth/authorize", http => AuthorizePage.Decide(http, state));
        app.MapGet("/", http => OverviewPage.Show(http, state, options));
        app.MapGet("/lists/{account}/{list}", http => MembersPage.Show(http, state));
        app.MapGet("/jobs", http => JobsPage.Show(http, state));
        app.MapGet("/jobs/{account}/{job}", http => JobsPage.ShowOne(http, state));
        app.MapGet("/requests", http => RequestsPage.Show(http, state));
        app.MapGet("/sandbox.css", Stylesheet.Send);
    }
}
