using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Runs;

public static class RunsRegistration
{
    /// <summary>Runs as they stand in the store: their journal, their claims, and the feed of their changes.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services) =>
        services.AddSingleton<RunClaims>().AddSingleton<ChangeFeed>().AddSingleton<RunJournal>();
}
