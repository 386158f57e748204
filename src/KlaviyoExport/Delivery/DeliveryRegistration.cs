using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Delivery;

public static class DeliveryRegistration
{
    /// <summary>Runs, their stages, and what people do with them.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>().BindConfiguration("Delivery").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ApprovalOptions>().BindConfiguration("Delivery:Approval").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RetentionOptions>().BindConfiguration("Retention").ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedService<DeliverySweep>();
        services.AddHostedService<ListCheckWorker>();
        return services
            .AddSingleton<EmailHashes>()
            .AddSingleton<DeliveredProfiles>()
            .AddSingleton<CancelWatch>()
            .AddSingleton<RunClaims>()
            .AddSingleton<RunContexts>()
            .AddSingleton<ExportUserCheck>()
            .AddSingleton<RunChangesFeed>()
            .AddSingleton<RunJournal>()
            .AddSingleton<RunQueue>()
            .AddSingleton<RunRetry>()
            .AddSingleton<HomeQueries>()
            .AddSingleton<BatchSender>()
            .AddSingleton<BatchConfirmation>()
            .AddSingleton<ApprovalGuard>()
            .AddSingleton<RunApprovals>()
            .AddSingleton<Retention>()
            .AddSingleton<ListCheckSignal>()
            .AddSingleton<ExpectedMembers>()
            .AddSingleton<ListCheckExecution>()
            .AddSingleton(provider => new ListCheckService(
                provider.GetRequiredService<IDbContextFactory<AppDb>>(), provider.GetRequiredService<SecretProtector>(), provider.GetRequiredService<ListCheckSignal>(),
                provider.GetRequiredService<Audit>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<PrepareStage>()
            .AddSingleton<SendStage>()
            .AddSingleton<ConfirmStage>()
            .AddSingleton<RemoveStage>()
            .AddSingleton<CloseStage>()
            .AddSingleton<RunExecution>()
            .AddSingleton<RejectionService>()
            .AddSingleton(provider => new RunService(
                provider.GetRequiredService<IDbContextFactory<AppDb>>(), provider.GetRequiredService<RunQueue>(), provider.GetRequiredService<RunRetry>(),
                provider.GetRequiredService<RunApprovals>(), provider.GetRequiredService<ApprovalGuard>(),
                provider.GetRequiredService<CloseStage>(), provider.GetRequiredService<RunChangesFeed>(), provider.GetRequiredService<Audit>(), provider.GetRequiredService<TimeProvider>()));
    }
}
