using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>
/// Takes the data directory and all in it from the other users of the machine, before a server uses it. It may have been copied or unpacked
/// by hand, or made by a version that left the modes of files to the umask.
/// </summary>
internal sealed class PrivateDirectory(IOptions<StoreOptions> store, ILogger<PrivateDirectory> logger) : IHostedLifecycleService
{
    /// <exception cref="StoreFaultException">The directory belongs to another user.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var directory = store.Value.DataDirectory;
        DataDirectory.Create(directory);
        var open = PrivateFiles.OpenToOthers(directory).ToList();
        foreach (var path in open)
        {
            try
            {
                PrivateFiles.TakeFromOthers(path);
            }
            catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
            {
                Log.StaysOpen(logger, path, fault);
            }
        }
        if (open.Count > 0)
            Log.MadePrivate(logger, open.Count);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
