using KlaviyoExport.Sandbox;
using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Setup;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace KlaviyoExport.Web.Demo;

/// <summary>Creates the demo data before the server listens, and afterwards prints how to sign in.</summary>
internal sealed class DemoHost(DemoSeed seed, SandboxServer sandbox, IServer server, Announcer announcer) : IHostedLifecycleService
{
    public Task StartAsync(CancellationToken cancellationToken) => seed.LayOutAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // The configuration was checked earlier. This checks the addresses that the server really listens at.
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (addresses.FirstOrDefault(address => !Addresses.IsLoopback(address)) is { } open)
            throw new StartFaultException($"Demo:Enabled is true, and the server listens at {open}, which other machines can reach.");
        announcer.Say([
            "Demo mode, for this machine alone. Sign in as",
            .. DemoAccounts.All.Select(account => $"    {account.Email, -28} {account.Role}"),
            $"with the password {DemoAccounts.Password}",
            "",
            $"The sandbox Klaviyo is at {sandbox.BaseAddress}",
        ]);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
