using System.Text.Json;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>
/// For tests in another process: <c>/sandbox/faults</c> (GET, POST one fault, DELETE all), <c>/sandbox/jobs/finish</c> (POST) and what the
/// sandbox holds under <c>/sandbox/state</c>.
/// </summary>
internal static class ControlRoutes
{
    public static void Map(IEndpointRouteBuilder routes, SandboxState state)
    {
        routes.MapGet("/sandbox/faults", http => Write(http, state.Faults.Active));
        routes.MapPost("/sandbox/faults", http => Add(http, state));
        routes.MapDelete(
            "/sandbox/faults",
            http =>
            {
                state.Faults.Clear();
                return NoContent(http);
            }
        );
        routes.MapPost(
            "/sandbox/jobs/finish",
            http =>
            {
                state.FinishJobs();
                return NoContent(http);
            }
        );
        routes.MapGet("/sandbox/state", http => Write(http, state.Overview()));
        routes.MapGet(
            "/sandbox/state/lists/{list}/members",
            http => Found(http, account => state.Members((string)http.GetRouteValue("list")!, account))
        );
        routes.MapGet("/sandbox/state/jobs", http => Found(http, state.Jobs));
        routes.MapGet("/sandbox/state/consents", http => Found(http, state.Consents));
        routes.MapGet("/sandbox/state/others", http => Write(http, state.Faults.Others));
        routes.MapGet("/sandbox/state/requests", http => Write(http, state.Requests));
    }

    private static async Task Add(HttpContext http, SandboxState state)
    {
        try
        {
            if (!http.Request.HasJsonContentType())
                throw new ArgumentException("Send the fault as application/json.");
            var fault =
                await http.Request.ReadFromJsonAsync<Fault>(Fault.Json, http.RequestAborted)
                ?? throw new ArgumentException("Send one fault.");
            state.Faults.Add(fault);
            await Write(http, state.Faults.Active);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await Write(http, new { error = e.Message });
        }
    }

    private static async Task Found<T>(HttpContext http, Func<string?, T> read)
    {
        var account = (string?)http.Request.Query["account"];
        try
        {
            await Write(http, read(account));
        }
        catch (KeyNotFoundException e)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await Write(http, new { error = e.Message });
        }
    }

    private static Task Write<T>(HttpContext http, T value) => http.Response.WriteAsJsonAsync(value, Fault.Json, http.RequestAborted);

    private static Task NoContent(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
