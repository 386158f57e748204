using System.ComponentModel.DataAnnotations;
using System.Net;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KlaviyoExport.Sandbox;

/// <summary>
/// A sandbox Klaviyo on its own loopback port. It does not read the configuration or environment of its process, so it can run inside
/// another web application.
/// </summary>
/// <example><code>
/// await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions { Url = "http://127.0.0.1:0" }, cancellationToken);
/// var client = new HttpClient { BaseAddress = sandbox.BaseAddress };
/// </code></example>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SandboxServer(WebApplication app, SandboxState state, Uri address) => (_app, State, BaseAddress) = (app, state, address);

    /// <summary>The address it listens on, with the actual port.</summary>
    public Uri BaseAddress { get; }

    public SandboxState State { get; }

    public SandboxFaults Faults => State.Faults;

    /// <exception cref="ValidationException">An option is out of range, or the address is not a loopback one.</exception>
    /// <exception cref="IOException">The port is taken, or another sandbox uses the data file.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var address = Loopback(options.Url);
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = typeof(SandboxServer).Assembly.GetName().Name }
        );
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, address));
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.AddRoutingCore();
        if (options.LoggerFactory is { } logs)
            builder.Services.AddSingleton(logs);
        var state = new SandboxState(options);
        var app = builder.Build();
        SandboxRoutes.Map(app, state, options);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            state.Dispose();
            throw;
        }
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new SandboxServer(app, state, new Uri(bound));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        State.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint address)
    {
        kestrel.AddServerHeader = false;
        // The calls check the body size themselves and return Klaviyo's error.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        // A lookup of a hundred addresses has a long query.
        kestrel.Limits.MaxRequestLineSize = 32_768;
        kestrel.Listen(address);
    }

    private static IPEndPoint Loopback(string url)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)
            return new IPEndPoint(IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) ? ip : IPAddress.Loopback, uri.Port);
        throw new ValidationException(
            $"The sandbox's Url must be an http address on this machine, such as http://127.0.0.1:5180, and is '{url}'."
        );
    }
}
