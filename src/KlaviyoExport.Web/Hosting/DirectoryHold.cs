using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Locks the data directory while the server runs, so that neither a second server nor a console command that needs a stopped server uses
/// it at the same time. Servers of a cluster share the directory and do not lock it.
/// </summary>
internal sealed class DirectoryHold(IOptions<StoreOptions> store, IOptions<ClusterOptions> cluster, TimeProvider clock)
    : IHostedLifecycleService,
        IDisposable
{
    // A service manager may start the next process while the last one still ends.
    private const int Tries = 50;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private DirectoryLock? _lock;

    /// <exception cref="StoreFaultException">Another process has used the data directory for more than ten seconds.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (cluster.Value.Enabled)
            return;
        for (var tries = 1; (_lock = DirectoryLock.TryTake(store.Value.DataDirectory)) is null; tries++)
        {
            if (tries == Tries)
                throw new StoreFaultException(
                    $"Another process of Klaviyo Export uses DataDirectory ({store.Value.DataDirectory}). Stop it, or set DataDirectory to "
                        + "another folder."
                );
            await Task.Delay(Look, clock, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _lock?.Dispose();
}
