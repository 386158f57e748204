using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Quartz;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>
/// Whether what everything stands on is there: the store, the disk, the scheduler, Klaviyo as last seen. Nothing is asked of Klaviyo for
/// it.
/// </summary>
internal sealed class SystemHealth(IDbContextFactory<AppDb> stores, ISchedulerFactory schedulers, IOptions<StoreOptions> store)
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
            Disk(store.Value.DataDirectory),
            await scheduler.GetStatus(cancellationToken) == SchedulerStatus.Running,
            new KlaviyoSeen(connections?.Count ?? 0, connections?.Broken ?? 0, connections?.Seen)
        );
    }

    /// <summary>"SQLite" of "Microsoft.EntityFrameworkCore.Sqlite".</summary>
    public static string ProviderOf(AppDb db) =>
        db.Database.ProviderName?.Split('.')[^1] switch
        {
            "Sqlite" => "SQLite",
            "PostgreSQL" => "PostgreSQL",
            "SqlServer" => "SQL Server",
            var other => other ?? "–",
        };

    private static DiskSpace? Disk(string directory)
    {
        try
        {
            var drive = new DriveInfo(directory);
            return new DiskSpace(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

/// <param name="Store">The provider of the store, which answered.</param>
/// <param name="Disk">Where the data directory is; null where that is not known.</param>
public sealed record Health(string Store, DiskSpace? Disk, bool SchedulerRuns, KlaviyoSeen Klaviyo);

/// <summary>In bytes.</summary>
public sealed record DiskSpace(long Free, long Total)
{
    private const long Little = 1L << 30;

    /// <summary>Under 1 GiB, or under a twentieth of a disk of up to 20 GiB.</summary>
    public bool IsLow => Free < Math.Min(Little, Total / 20);
}

/// <param name="Connections">How many there are.</param>
/// <param name="Broken">How many of them failed when they were last used.</param>
/// <param name="At">When Klaviyo last answered one of them.</param>
public sealed record KlaviyoSeen(int Connections, int Broken, DateTimeOffset? At);
