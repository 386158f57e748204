namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>A sandbox ends when its owner says so, not when the process hears a signal: inside the web app that one is in charge.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
