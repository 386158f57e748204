using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists.Traces;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Lists;

/// <summary>Registers the services for the members of Klaviyo lists.</summary>
public static class ListsRegistration
{
    /// <summary>
    /// Registers the services that store whom this installation has put on Klaviyo lists, and the checks of lists.
    /// </summary>
    public static IServiceCollection AddLists(this IServiceCollection services) =>
        services
            .AddSingleton<EmailHashes>()
            .AddSecretColumn<Membership>(nameof(Membership.Email), SecretKind.Email)
            .AddSecretColumn<RemovedMember>(nameof(RemovedMember.Email), SecretKind.Email)
            .AddSecretColumn<ListDifference>(nameof(ListDifference.Email), SecretKind.Email)
            .AddSingleton<Memberships>()
            .AddSingleton<ListHolders>()
            .AddSingleton<Leavers>()
            .AddSingleton<FollowExportChange>(MembershipChanges.FollowAsync)
            .AddSingleton<ListCheckSignal>()
            .AddSingleton<MemberPass>()
            .AddSingleton<KnownPeopleReader>()
            .AddSingleton<ExpectedMembers>()
            .AddSingleton<ListCheckExecution>()
            .AddSingletonBuilt<ListCheckService>()
            .AddSingleton<PersonSearch>()
            .AddSingleton<PersonIdentification>()
            .AddSingleton<TraceReader>()
            .AddSingleton<PersonErasure>()
            .AddSingletonBuilt<PersonDataService>()
            .AddSingleton<DueListChecks>()
            .AddSweep<DueListChecks>(TimeSpan.FromMinutes(10), (checks, stopping) => checks.RequestAsync(stopping))
            .AddHostedService<ListCheckWorker>();
}
