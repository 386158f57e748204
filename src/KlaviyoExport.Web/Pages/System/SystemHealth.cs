using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.Sources.Disk;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Quartz;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>
/// Reads the health of the store, the disk and the scheduler, and the last known state of Klaviyo. It does not send requests to Klaviyo.
/// </summary>
internal sealed class SystemHealth(
    IDbContextFactory<AppDb> stores,
    ISchedulerFactory schedulers,
    DataDisk disk,
    IOptions<StoreOptions> store,
    AuditWatch audit
)
{
    public async Task<Health> LookAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var connections = await db.Set<Connection>()
            .GroupBy(_ => 1)
            .Select(all => new
            {
                Count = all.Count(),
                Broken = all.Count(connection => connection.LastError != null),
                Seen = all.Max(connection => connection.LastSuccessAt),
            })
            .FirstOrDefaultAsync(cancellationToken);
        return new Health(
            ProviderOf(db),
            disk.Look(),
            OperatingSystem.IsWindows() ? null : DirectoryAccess.Of(store.Value.DataDirectory),
            await scheduler.GetStatus(cancellationToken) == SchedulerStatus.Running,
            new KlaviyoSeen(connections?.Count ?? 0, connections?.Broken ?? 0, connections?.Seen),
            audit.Last
        );
    }

    /// <summary>Returns the display name of the provider: "SQLite" for "Microsoft.EntityFrameworkCore.Sqlite".</summary>
    public static string ProviderOf(AppDb db) =>
        db.Database.ProviderName?.Split('.')[^1] switch
        {
            "Sqlite" => "SQLite",
            "PostgreSQL" => "PostgreSQL",
            "SqlServer" => "SQL Server",
            var other => other ?? "–",
        };
}

/// <summary>The health of the installation. The store is healthy: otherwise it could not be read.</summary>
/// <param name="Store">The display name of the store's provider.</param>
/// <param name="Disk">The space on the disk of the data directory. Null when it is unknown.</param>
/// <param name="Access">Who can access the data directory. Null on Windows.</param>
/// <param name="SchedulerRuns">Whether the scheduler is running.</param>
/// <param name="Klaviyo">The last known state of the connections to Klaviyo.</param>
/// <param name="Audit">The last verification of the audit. Null when there was none yet.</param>
public sealed record Health(
    string Store,
    DiskSpace? Disk,
    DirectoryAccess? Access,
    bool SchedulerRuns,
    KlaviyoSeen Klaviyo,
    AuditSeen? Audit
);

/// <summary>Who can access the data directory.</summary>
/// <param name="Open">The number of its files and folders that other users of the machine can access.</param>
/// <param name="Command">The command that takes them from the other users.</param>
public sealed record DirectoryAccess(int Open, string Command)
{
    public static DirectoryAccess Of(string directory) =>
        new(PrivateFiles.OpenToOthers(directory).Count(), PrivateFiles.CommandFor(directory));
}

/// <summary>The last known state of the connections to Klaviyo.</summary>
/// <param name="Connections">The number of connections.</param>
/// <param name="Broken">The number of connections whose last use failed.</param>
/// <param name="At">When a connection was last used successfully. Null when none was yet.</param>
public sealed record KlaviyoSeen(int Connections, int Broken, DateTimeOffset? At);
