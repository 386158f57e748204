using KlaviyoExport.Exports;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Lists;

public static class ListsRegistration
{
    /// <summary>Who is on a Klaviyo list because of this installation, and the checks of lists.</summary>
    public static IServiceCollection AddLists(this IServiceCollection services) =>
        services
            .AddSingleton<EmailHashes>()
            .AddSingleton<DeliveredProfiles>()
            .AddSingleton<FollowExportChange>(ListMemory.FollowAsync)
            .AddSingleton<ListCheckSignal>()
            .AddSingleton<ExpectedMembers>()
            .AddSingleton<ListCheckExecution>()
            .AddSingletonBuilt<ListCheckService>()
            .AddHostedService<ListCheckWorker>();
}
