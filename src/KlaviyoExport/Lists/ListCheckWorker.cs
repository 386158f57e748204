using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Lists;

/// <summary>
/// Executes list checks in the order of their requests, one at a time for each account, all on one server. It also executes checks whose
/// server was stopped or killed. While a check is in progress, it checks every second whether a person has canceled it. Its services are
/// resolved late, because the configuration is validated after this service is created.
/// </summary>
internal sealed class ListCheckWorker(
    IServiceProvider services,
    IDbContextFactory<AppDb> stores,
    ListCheckSignal signal,
    Node node,
    TimeProvider clock,
    ILogger<ListCheckWorker> logger
) : BackgroundService
{
    private const string Lease = "list-checks";

    // Another server may have received a request, or may have been killed during a check.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);
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
                await (
                    pause is { } length
                        ? Task.Delay(length, clock, stoppingToken)
                        : signal.WaitAsync(node.HasOthers ? BetweenLooks : Timeout.InfiniteTimeSpan, stoppingToken)
                );
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Checks in progress end with the process and start again at the next start.
            await Task.WhenAll(_working.Values.Select(work => work.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await services.GetRequiredService<Leases>().ReleaseAsync(Lease, CancellationToken.None);
        }
        finally
        {
            foreach (var work in _working.Values)
                work.Dispose();
        }
    }

    /// <returns>When to look again. Null when no check is in progress.</returns>
    private async Task<TimeSpan?> TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await LookAsync(cancellationToken) ? Pace : null;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.ListChecksInterrupted(logger, fault);
            return AfterFault;
        }
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        foreach (var (account, done) in _working.Where(work => work.Value.Task.IsCompleted).ToList())
        {
            _working.Remove(account);
            done.Dispose();
        }
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var open = await db.Set<ListCheck>()
            .Where(check => check.FinishedAt == null)
            .OrderBy(check => check.Id)
            .Select(check => new
            {
                check.Id,
                check.CancelRequestedBy,
                db.Set<Run>().First(run => run.Id == check.RunId).AccountId,
            })
            .ToListAsync(cancellationToken);
        if (open.Count == 0 && _working.Count == 0)
            return false;
        if (!await IsMineAsync(cancellationToken))
            return true;
        foreach (var check in open)
        {
            if (!_working.TryGetValue(check.AccountId, out var work) && !node.IsDraining)
                _working.Add(check.AccountId, work = Start(check.Id, cancellationToken));
            if (work?.CheckId == check.Id && check.CancelRequestedBy is not null)
                await work!.Canceled.CancelAsync();
        }
        return open.Count > 0;
    }

    /// <summary>
    /// Whether this server executes the checks. When another server takes over, checks in progress stop here without a result.
    /// </summary>
    private async Task<bool> IsMineAsync(CancellationToken cancellationToken)
    {
        if (node.IsDraining && _working.Count == 0)
            return false;
        if (await services.GetRequiredService<Leases>().TryTakeAsync(Lease, cancellationToken))
            return true;
        foreach (var work in _working.Values)
            await work.Stopping.CancelAsync();
        return false;
    }

    private Work Start(int checkId, CancellationToken cancellationToken)
    {
        var (canceled, ending) = (new CancellationTokenSource(), CancellationTokenSource.CreateLinkedTokenSource(cancellationToken));
        // The end of a check triggers the search for the next one of the account.
        return new Work(
            checkId,
            canceled,
            ending,
            Task.Run(
                async () =>
                {
                    try
                    {
                        await services.GetRequiredService<ListCheckExecution>().RunAsync(checkId, canceled.Token, ending.Token);
                    }
                    catch (Exception fault) when (!ending.IsCancellationRequested)
                    {
                        // The failure could not be stored either. The check starts again later.
                        Log.ListCheckFailed(logger, fault, checkId);
                        await Task.Delay(AfterFault, clock, cancellationToken);
                    }
                },
                cancellationToken
            )
        );
    }

    private sealed record Work(int CheckId, CancellationTokenSource Canceled, CancellationTokenSource Stopping, Task Task) : IDisposable
    {
        public void Dispose()
        {
            Canceled.Dispose();
            Stopping.Dispose();
        }
    }
}
