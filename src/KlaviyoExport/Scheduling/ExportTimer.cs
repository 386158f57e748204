using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Starts exports at the times of their own schedules. <see cref="Export.NextRunAt"/> holds the next time. One transaction queues the run
/// and stores the following time. A scheduled time therefore never starts two runs, and an export that is due remains due when the
/// process is killed.
/// </summary>
public sealed class ExportTimer
{
    // The end of a run calls RunEndedAsync. This interval is for runs that end in another process.
    private static readonly TimeSpan WhileBusy = TimeSpan.FromSeconds(10);

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly ScheduledRuns _runs;
    private readonly Alarm _alarm;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    internal ExportTimer(
        IDbContextFactory<AppDb> stores,
        ScheduledRuns runs,
        Alarm alarm,
        TimeProvider clock,
        ILogger<ExportTimer> logger
    ) => (_stores, _runs, _alarm, _clock, _logger) = (stores, runs, alarm, clock, logger);

    /// <summary>Stores the next times of the exports, and sets the alarm. Call this after their schedules change.</summary>
    public async Task RescheduleAsync(IReadOnlyCollection<int> exportIds, CancellationToken cancellationToken)
    {
        await using (var db = await _stores.CreateDbContextAsync(cancellationToken))
        {
            foreach (
                var export in await db.Set<Export>()
                    .AsNoTracking()
                    .Where(export => exportIds.Contains(export.Id))
                    .ToListAsync(cancellationToken)
            )
                await AdvanceAsync(db, export, cancellationToken);
        }
        await _alarm.SetAsync(await NextAsync(cancellationToken) ?? _clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>Runs at start. Handles the times that passed while the product was down, and stores missing next times.</summary>
    internal async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var now = _clock.GetUtcNow();
        var missed = 0;
        foreach (
            var export in (await db.Set<Export>().AsNoTracking().ToListAsync(cancellationToken)).Where(export =>
                export.Schedule is { IsOn: true, Own: not null }
            )
        )
        {
            if (export.NextRunAt is not { } due)
                await AdvanceAsync(db, export, cancellationToken);
            else if (due <= now && export.ConnectionId is not null && LastUntil(export, now) is { } last)
            {
                // For RunOnce, store the last missed time as the next time. The alarm job that follows starts it.
                var next = export.Schedule.WhenMissed == WhenMissed.RunOnce ? last : export.Schedule.NextRunAt(now);
                await Unchanged(db, export)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(stored => stored.MissedAt, last)
                                .SetProperty(stored => stored.LastMissedAt, last)
                                .SetProperty(stored => stored.NextRunAt, next),
                        cancellationToken
                    );
                missed++;
            }
        }
        if (missed > 0)
            Log.Missed(_logger, missed);
    }

    /// <summary>Starts the exports that are due.</summary>
    /// <returns>When to call this again. Null when nothing is scheduled.</returns>
    internal async Task<DateTimeOffset?> LookAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await using (var db = await _stores.CreateDbContextAsync(cancellationToken))
        {
            foreach (
                var export in await db.Set<Export>()
                    .AsNoTracking()
                    .Where(export => export.NextRunAt <= now)
                    .OrderBy(export => export.NextRunAt)
                    .ToListAsync(cancellationToken)
            )
                await TryFireAsync(db, export, cancellationToken);
        }
        return await NextAsync(cancellationToken);
    }

    /// <summary>Called when a run has ended. Starts the next run of its export when a scheduled time waited for the end.</summary>
    internal async Task RunEndedAsync(int runId, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var waiting = db.Set<Export>()
            .AsNoTracking()
            .Where(export => export.NextRunAt <= now && db.Set<Run>().Any(run => run.Id == runId && run.ExportId == export.Id));
        if (await waiting.SingleOrDefaultAsync(cancellationToken) is { } export)
            await FireAsync(db, export, cancellationToken);
    }

    private async Task TryFireAsync(AppDb db, Export export, CancellationToken cancellationToken)
    {
        try
        {
            await FireAsync(db, export, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The export remains due. Continue with the other exports.
            Log.NotFired(_logger, fault, export.Id);
        }
    }

    private async Task FireAsync(AppDb db, Export export, CancellationToken cancellationToken)
    {
        var due = export.NextRunAt!.Value;
        if (export.Schedule is not { IsOn: true, Own: not null })
        {
            await AdvanceAsync(db, export, cancellationToken);
            return;
        }
        var next = NextOf(export);
        var start = await _runs.StartScheduledAsync(
            export.Id,
            RunTrigger.Schedule,
            due,
            "Schedule",
            async (transaction, _) => await TakeAsync(transaction, export, next, cancellationToken),
            cancellationToken
        );
        if (start is ScheduledStart.Started)
            Log.Fired(_logger, export.Id, due);
        else if (start is ScheduledStart.NoConnection)
            await TakeAsync(db, export, next, cancellationToken);
        else if (start is ScheduledStart.Busy && export.Schedule.WhenBusy == WhenBusy.Skip)
            await SkipAsync(export, due, next, cancellationToken);
    }

    private async Task SkipAsync(Export export, DateTimeOffset due, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        if (!await TakeAsync(db, export, next, cancellationToken))
            return;
        await _runs.NoteSkippedAsync(db, export.Id, due, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.SkippedBusy(_logger, export.Id, due);
    }

    private Task<bool> AdvanceAsync(AppDb db, Export export, CancellationToken cancellationToken) =>
        TakeAsync(db, export, NextOf(export), cancellationToken);

    /// <summary>Stores the next time. Returns false when another execution has done so, or when the export has changed.</summary>
    private static async Task<bool> TakeAsync(AppDb db, Export export, DateTimeOffset? next, CancellationToken cancellationToken) =>
        await Unchanged(db, export).ExecuteUpdateAsync(set => set.SetProperty(stored => stored.NextRunAt, next), cancellationToken) == 1;

    private static IQueryable<Export> Unchanged(AppDb db, Export export) =>
        db.Set<Export>()
            .Where(stored => stored.Id == export.Id && stored.Version == export.Version && stored.NextRunAt == export.NextRunAt);

    private DateTimeOffset? NextOf(Export export)
    {
        try
        {
            return export.Schedule.NextRunAt(_clock.GetUtcNow());
        }
        catch (LocalizedException fault)
        {
            // The recurrence was valid when it was saved. Since then, the server may have lost the time zone, or another program may have
            // changed the store.
            Log.ScheduleUnusable(_logger, export.Id, fault.LocalizedMessage.Code);
            return null;
        }
    }

    private DateTimeOffset? LastUntil(Export export, DateTimeOffset now)
    {
        try
        {
            return export
                    .Schedule.Own!.After(export.NextRunAt!.Value.AddTicks(-1))
                    .TakeWhile(at => at <= now)
                    .Select(at => (DateTimeOffset?)at)
                    .LastOrDefault()
                ?? export.NextRunAt;
        }
        catch (LocalizedException fault)
        {
            Log.ScheduleUnusable(_logger, export.Id, fault.LocalizedMessage.Code);
            return export.NextRunAt;
        }
    }

    private async Task<DateTimeOffset?> NextAsync(CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var now = _clock.GetUtcNow();
        var next = await db.Set<Export>().Where(export => export.NextRunAt > now).MinAsync(export => export.NextRunAt, cancellationToken);
        var waits = await db.Set<Export>().AnyAsync(export => export.NextRunAt <= now, cancellationToken);
        return waits && (next is null || next > now + WhileBusy) ? now + WhileBusy : next;
    }
}
