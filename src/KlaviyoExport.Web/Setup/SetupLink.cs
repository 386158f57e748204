using KlaviyoExport.Web.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Setup;

/// <summary>
/// Prints the setup link when the application starts without accounts. The token is made before the server listens, so that the setup
/// gate is in force from the first request. The link is printed afterwards, when the server's address is known.
/// </summary>
internal sealed class SetupLink(FirstAdministrator first, IServer server, IOptions<PathBaseOptions> paths, Announcer announcer)
    : IHostedLifecycleService
{
    private string? _token;

    public async Task StartAsync(CancellationToken cancellationToken) => _token = await first.OpenAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (_token is not null)
        {
            announcer.Say([
                "Nobody can sign in yet. Create the first administrator with this link, which works once:",
                .. addresses.Select(address => $"    {PathBase.Below(address, paths.Value)}/setup/{_token}"),
            ]);
        }
        else
            announcer.Say(addresses.Select(address => $"Klaviyo Export is at {PathBase.Below(address, paths.Value)}"));
        _token = null;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
