namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Opens no circuit while the server stops, and ends those that are open. SignalR ends its connections once, when the stop begins. Browsers
/// reconnect at once, while the server still listens, and such a connection would keep it from stopping until the time for that is used up.
/// </summary>
internal static class CircuitsUntilStop
{
    public static void UseCircuitsUntilStop(this WebApplication app) =>
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/_blazor"),
            circuits =>
                circuits.Use(
                    async (context, next) =>
                    {
                        var stopping = app.Lifetime.ApplicationStopping;
                        if (stopping.IsCancellationRequested)
                        {
                            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                            return;
                        }
                        // For a request that came before the stop and opens its connection after SignalR has ended the others.
                        using var end = stopping.Register(context.Abort);
                        await next(context);
                    }
                )
        );
}
