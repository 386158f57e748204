using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Runs;

/// <summary>Registers the services of runs.</summary>
public static class RunsRegistration
{
    /// <summary>Registers the claims, the journal and the telemetry of runs, and the feed of changes.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services) =>
        services
            .AddMetrics()
            .AddSingleton<RunTelemetry>()
            .AddSingleton<RunClaims>()
            .AddSingleton<ChangeFeed>()
            .AddSingleton<RunJournal>()
            .AddSecretColumn<Rejection>(nameof(Rejection.Email), SecretKind.Email)
            .AddSecretColumn<BatchPayload>(nameof(BatchPayload.Content), SecretKind.Payload);
}
