using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Writes into the audit that the store was replaced with a backup. The command that replaced it cannot do so, because the store may be
/// older than the product until a server has started. Its services are resolved late, as those of <see cref="AuditSealer"/> are.
/// </summary>
internal sealed class RestoreEntry(IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var restore = services.GetRequiredService<StoreRestore>();
        if (restore.TakenFrom is not { } at)
            return;
        await using var db = await services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
        services.GetRequiredService<Audit>().Add(db, Actor.Console, "System.Restored", detail: new LocalizedMessage("People.BackupOf", at));
        await db.SaveChangesAsync(cancellationToken);
        restore.Forget();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
