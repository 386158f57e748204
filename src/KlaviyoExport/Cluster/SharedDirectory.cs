using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

/// <summary>
/// At start of one of several machines: that the data directory is the one the others have. Uploads and loaded CSV files are there, and a
/// run may go on with them anywhere. The folder holds a word that the store knows.
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
                $"Cluster:Enabled is true, and DataDirectory ({store.Value.DataDirectory}) is not the folder that the other machines of "
                    + "this store have: uploads and loaded CSV files would be missing here. Mount the same folder on every machine."
            );
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// The first machine lays the word down. Of several that start at once with one folder, the folder decides, then the store.
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
            // Another machine was quicker; its word counts.
            db.ChangeTracker.Clear();
        }
    }

    /// <summary>Another machine may be writing it at this moment.</summary>
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
