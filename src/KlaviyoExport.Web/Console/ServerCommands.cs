using System.CommandLine;
using System.Text.Json;
using KlaviyoExport.Web.Hosting;

namespace KlaviyoExport.Web.Console;

/// <summary>The commands <c>health</c>, <c>drain</c> and <c>resume</c>, which ask the server on this machine.</summary>
internal static class ServerCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Health(CommandContext context) =>
        Build(
            context,
            "health",
            "Asks the server on this machine whether it is ready. Exit code 0 when it is, otherwise 1.",
            async (address, cancellationToken) =>
            {
                using var answer = await AskAsync(HttpMethod.Get, address, "/health/ready", cancellationToken);
                var status = await answer.Content.ReadAsStringAsync(cancellationToken);
                context.Terminal.Write(
                    new
                    {
                        address,
                        isReady = answer.IsSuccessStatusCode,
                        status,
                    },
                    () => context.Terminal.Line(status)
                );
                return answer.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Fault;
            }
        );

    public static Command Drain(CommandContext context) =>
        Build(
            context,
            "drain",
            "Tells the server on this machine to start no new work, before it is stopped or upgraded. Runs in progress continue.",
            (address, cancellationToken) => DrainAsync(context, HttpMethod.Put, address, cancellationToken)
        );

    public static Command Resume(CommandContext context) =>
        Build(
            context,
            "resume",
            "Tells a draining server on this machine to start new work again.",
            (address, cancellationToken) => DrainAsync(context, HttpMethod.Delete, address, cancellationToken)
        );

    private static Command Build(
        CommandContext context,
        string name,
        string description,
        Func<string, CancellationToken, Task<ExitCode>> action
    )
    {
        var address = new Argument<string>("address")
        {
            Description = "The address of the server.",
            DefaultValueFactory = _ => Addresses.Default,
        };
        return context.Doing(
            new Command(name, description) { address },
            (result, cancellationToken) => action(result.GetValue(address)!, cancellationToken)
        );
    }

    private static async Task<ExitCode> DrainAsync(
        CommandContext context,
        HttpMethod method,
        string address,
        CancellationToken cancellationToken
    )
    {
        using var answer = await AskAsync(method, address, HealthRoutes.Drain, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new CommandFaultException($"{address} answered {(int)answer.StatusCode}. Ask it from its own machine, not over a proxy.");
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        context.Terminal.Write(JsonSerializer.Deserialize<JsonElement>(text), () => context.Terminal.Line(text));
        return ExitCode.Done;
    }

    private static async Task<HttpResponseMessage> AskAsync(
        HttpMethod method,
        string address,
        string path,
        CancellationToken cancellationToken
    )
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new CommandFaultException($"\"{address}\" is not an address such as {Addresses.Default}.");
        try
        {
            using var client = new HttpClient { BaseAddress = uri, Timeout = Patience };
            using var request = new HttpRequestMessage(method, path);
            return await client.SendAsync(request, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandFaultException($"{address} does not answer: {fault.Message}");
        }
    }
}
