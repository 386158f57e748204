namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>Ignores signals of the process: the owner of the sandbox decides when it stops.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
