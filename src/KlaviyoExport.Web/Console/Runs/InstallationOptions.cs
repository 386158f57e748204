using System.CommandLine;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>The options that name a running server. Without them a command uses the store on this machine.</summary>
internal sealed class InstallationOptions
{
    private const string ServerVariable = "KLAVIYO_EXPORT_SERVER";
    private const string TokenVariable = "KLAVIYO_EXPORT_TOKEN";

    private readonly Option<string?> _server = new("--server")
    {
        Description =
            $"The address of a running server, such as https://export.example.com. Default: the variable {ServerVariable}. "
            + "Without a server, the command uses the store on this machine.",
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = $"A file with a token of the HTTP API. Default: the variable {TokenVariable}.",
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = "The token itself. Other users of the machine can see it in the list of processes; prefer the file or the variable.",
    };

    public void AddTo(Command command)
    {
        command.Add(_server);
        command.Add(_tokenFile);
        command.Add(_token);
    }

    /// <exception cref="CommandFaultException">The address or the token is missing or cannot be used.</exception>
    public async Task<Installation> OpenAsync(CommandContext context, ParseResult result, CancellationToken cancellationToken)
    {
        var address = result.GetValue(_server) ?? Environment.GetEnvironmentVariable(ServerVariable);
        if (address is not { Length: > 0 })
            return await StoreInstallation.OpenAsync(context.Settings, cancellationToken);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            throw new CommandFaultException($"--server: \"{address}\" is not an address such as https://export.example.com.");
        if (server.Scheme == "http" && !server.IsLoopback)
            context.Terminal.Note($"Warning: the token is sent to {server} without encryption. Use https.");
        return new ServerInstallation(
            new ApiClient(server, await TokenAsync(result, cancellationToken)),
            context.Terminal.IsAnimated,
            TimeProvider.System
        );
    }

    private async Task<string> TokenAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var token =
            result.GetValue(_token)
            ?? (
                result.GetValue(_tokenFile) is { } file
                    ? await File.ReadAllTextAsync(file, cancellationToken)
                    : Environment.GetEnvironmentVariable(TokenVariable)
            );
        return token?.Trim() is { Length: > 0 } given
            ? given
            : throw new CommandFaultException($"A server needs a token: set --token-file or the variable {TokenVariable}.");
    }
}
