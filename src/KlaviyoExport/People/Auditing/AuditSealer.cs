using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Seals the entries of the audit soon after they were saved, at the start, and once more when the application stops. Its service is
/// resolved late, because the configuration is validated after this service is created.
/// </summary>
internal sealed class AuditSealer(
    IServiceProvider services,
    Audit audit,
    AuditSignal signal,
    TimeProvider clock,
    ILogger<AuditSealer> logger
) : BackgroundService
{
    // For the entries of other processes, and for transactions that commit some time after they have saved.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Entries that are saved together are sealed together, after their transaction has committed.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A page that stays connected can use up all the time that the host has for stopping.
    private static readonly TimeSpan AtStop = TimeSpan.FromSeconds(5);

    private AuditSealing? _sealing;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _sealing = services.GetRequiredService<AuditSealing>();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Null before the first start, and when the application is stopped again after its end.
        if (Interlocked.Exchange(ref _sealing, null) is not { } sealing)
            return;
        using var time = new CancellationTokenSource(AtStop, clock);
        try
        {
            await TrySealAsync(sealing, time.Token);
        }
        catch (OperationCanceledException fault) when (time.IsCancellationRequested)
        {
            // The next start seals the rest.
            Log.SealingInterrupted(logger, fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_sealing is not { } sealing)
            return;
        audit.Saved += (_, _) => signal.Wake();
        while (true)
        {
            await TrySealAsync(sealing, stoppingToken);
            if (await signal.WaitAsync(Interval, stoppingToken))
                await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    private async Task TrySealAsync(AuditSealing sealing, CancellationToken cancellationToken)
    {
        try
        {
            await sealing.SealAsync(cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            Log.SealingInterrupted(logger, fault);
        }
    }
}
