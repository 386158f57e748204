using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

/// <summary>
/// Checks at start that all servers share one data directory. It contains uploads and loaded CSV files, and a run may continue on any
/// server. The file <c>cluster-id</c> in the directory must contain the same id as the store.
/// </summary>
internal sealed class SharedDirectory(IDbContextFactory<AppDb> stores, Node node, IOptions<StoreOptions> store, TimeProvider clock)
    : IHostedService
{
    private const string Name = "Cluster.Directory";

    private string Mark => store.Value.PathOf("cluster-id");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!node.HasOthers)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await WordAsync(db, cancellationToken) is null)
            await AgreeAsync(db, cancellationToken);
        if (!File.Exists(Mark) || await File.ReadAllTextAsync(Mark, cancellationToken) != await WordAsync(db, cancellationToken))
            throw new StoreFaultException(
                $"Cluster:Enabled is true, and DataDirectory ({store.Value.DataDirectory}) is not the folder that the other servers of "
                    + "this store have: uploads and loaded CSV files would be missing here. Mount the same folder on every server."
            );
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Creates the id. When several servers start at the same time, the first one to create the file decides the id, and then the first
    /// one to save it in the store.
    /// </summary>
    private async Task AgreeAsync(AppDb db, CancellationToken cancellationToken)
    {
        var word = Guid.NewGuid().ToString("N");
        try
        {
            await using var mark = new StreamWriter(new FileStream(Mark, FileMode.CreateNew, FileAccess.Write, FileShare.None));
            await mark.WriteAsync(word);
        }
        catch (IOException) when (File.Exists(Mark))
        {
            word = await ReadAsync(cancellationToken);
        }
        db.Set<Setting>().Add(new Setting { Name = Name, Value = word });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another server saved its id first. The id in the store is the valid one.
            db.ChangeTracker.Clear();
        }
    }

    /// <summary>Reads the file. Retries for two seconds, because another server may be writing it.</summary>
    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await File.ReadAllTextAsync(Mark, cancellationToken);
            }
            catch (IOException) when (tries < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
            }
        }
    }

    private static Task<string?> WordAsync(AppDb db, CancellationToken cancellationToken) =>
        db.Set<Setting>()
            .Where(setting => setting.Name == Name)
            .Select(setting => (string?)setting.Value)
            .SingleOrDefaultAsync(cancellationToken);
}
