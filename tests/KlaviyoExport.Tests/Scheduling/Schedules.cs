using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Scheduling;

/// <summary>Common steps of the tests of schedules.</summary>
internal static class Schedules
{
    /// <summary>Every day at 13:00 UTC.</summary>
    public static readonly Recurrence DailyAt13 = new() { Kind = RecurrenceKind.Daily, Times = [new(13, 0)] };

    public static readonly ExportSchedule WithRefresh = new() { IsOn = true };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An export of its own customers with an active schedule.</summary>
    public static async Task<int> AddScheduledAsync(
        this Product product,
        string name,
        ExportSchedule schedule,
        Connection? connection = null
    )
    {
        await using var db = await product.OpenAsync();
        connection ??= await db.Set<Connection>().FirstOrDefaultAsync(Cancel) ?? await product.AddConnectionAsync();
        var export = await product.AddExportAsync(name, connection, await product.AddCustomersAsync(name, Customer.Many(5)));
        await product.ScheduleAsync(export, schedule);
        return export;
    }

    public static async Task ScheduleAsync(this Product product, int exportId, ExportSchedule schedule)
    {
        await product.ChangeAsync(exportId, export => export.Schedule = schedule);
        await product.Get<ExportTimer>().RescheduleAsync([exportId], Cancel);
    }

    public static async Task ChangeAsync(this Product product, int exportId, Action<Export> change)
    {
        await using var db = await product.OpenAsync();
        change(await db.Set<Export>().SingleAsync(export => export.Id == exportId, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    public static async Task<Export> FindExportAsync(this Product product, int exportId)
    {
        await using var db = await product.OpenAsync();
        return await db.Set<Export>().AsNoTracking().SingleAsync(export => export.Id == exportId, Cancel);
    }

    public static async Task<List<Run>> RunsAsync(this Product product, int exportId)
    {
        await using var db = await product.OpenAsync();
        return await db.Set<Run>().AsNoTracking().Where(run => run.ExportId == exportId).OrderBy(run => run.Id).ToListAsync(Cancel);
    }

    public static async Task UntilAsync(this Product product, Func<KlaviyoExport.Data.AppDb, Task<bool>> moment)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do
        {
            await using var db = await product.OpenAsync();
            if (await moment(db))
                return;
        } while (await look.WaitForNextTickAsync(patience.Token));
    }
}
