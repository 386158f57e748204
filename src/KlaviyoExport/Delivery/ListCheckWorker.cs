using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Carries out list checks, one at a time for each account, in the order they were asked for; also those the product was stopped or killed in. While one is
/// under way it looks every second whether somebody wants it stopped. What it needs is asked for late: the configuration is checked after this is made.
/// </summary>
internal sealed class ListCheckWorker(IServiceProvider services, IDbContextFactory<AppDb> stores, ListCheckSignal signal, TimeProvider clock, ILogger<ListCheckWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Work> _working = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var pause = await TryLookAsync(stoppingToken);
                await (pause is { } length ? Task.Delay(length, clock, stoppingToken) : signal.WaitAsync(stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was under way ends with the process, and begins anew at the next start.
            await Task.WhenAll(_working.Values.Select(work => work.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            foreach (var work in _working.Values)
                work.Canceled.Dispose();
        }
    }

    /// <returns>When to look again; null when nothing is under way.</returns>
    private async Task<TimeSpan?> TryLookAsync(CancellationToken stopping)
    {
        try
        {
            return await LookAsync(stopping) ? Pace : null;
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            Log.ListChecksInterrupted(logger, fault);
            return AfterFault;
        }
    }

    private async Task<bool> LookAsync(CancellationToken stopping)
    {
        foreach (var (account, done) in _working.Where(work => work.Value.Task.IsCompleted).ToList())
        {
            _working.Remove(account);
            done.Canceled.Dispose();
        }
        await using var db = await stores.CreateDbContextAsync(stopping);
        var open = await db.ListChecks.Where(check => check.FinishedAt == null).OrderBy(check => check.Id)
            .Select(check => new { check.Id, check.CancelRequestedBy, db.Runs.First(run => run.Id == check.RunId).AccountId }).ToListAsync(stopping);
        foreach (var check in open)
        {
            if (!_working.TryGetValue(check.AccountId, out var work))
                _working.Add(check.AccountId, work = Start(check.Id, stopping));
            if (work.CheckId == check.Id && check.CancelRequestedBy is not null)
                await work.Canceled.CancelAsync();
        }
        return open.Count > 0;
    }

    private Work Start(int checkId, CancellationToken stopping)
    {
        var canceled = new CancellationTokenSource();
        // The end wakes the look for the account's next.
        return new Work(checkId, canceled, Task.Run(async () =>
        {
            try
            {
                await services.GetRequiredService<ListCheckExecution>().RunAsync(checkId, canceled.Token, stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                // Not even its failure could be stored; the next look begins anew.
                Log.ListCheckFailed(logger, fault, checkId);
                await Task.Delay(AfterFault, clock, stopping);
            }
        }, stopping));
    }

    private sealed record Work(int CheckId, CancellationTokenSource Canceled, Task Task);
}
