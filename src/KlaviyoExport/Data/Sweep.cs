using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Data;

/// <summary>
/// Does something in the store when the application starts and then at an interval. A temporary fault of the store does not stop the
/// application: the next attempt is made at the next interval.
/// </summary>
/// <typeparam name="TService">The service that does it. It is resolved only at the first run, because the configuration is validated after
/// hosted services are created.</typeparam>
internal sealed class Sweep<TService>(
    IServiceProvider services,
    Func<TService, CancellationToken, Task> sweep,
    TimeSpan interval,
    TimeProvider clock,
    ILogger<Sweep<TService>> logger
) : BackgroundService
    where TService : notnull
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        do
        {
            try
            {
                await sweep(services.GetRequiredService<TService>(), stoppingToken);
            }
            catch (Exception fault) when (StoreFaults.IsTransient(fault))
            {
                Log.NotSwept(logger, fault, typeof(TService).Name, interval);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

/// <summary>Registers sweeps.</summary>
internal static class SweepRegistration
{
    /// <summary>Adds a <see cref="Sweep{TService}"/>.</summary>
    public static IServiceCollection AddSweep<TService>(
        this IServiceCollection services,
        TimeSpan interval,
        Func<TService, CancellationToken, Task> sweep
    )
        where TService : notnull =>
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<Sweep<TService>>(provider, sweep, interval));
}
