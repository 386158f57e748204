using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Exports;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Delivery;

/// <summary>Registers the services that execute runs.</summary>
public static class DeliveryRegistration
{
    /// <summary>Registers the execution of a run and its stages.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ApprovalOptions>().BindConfiguration(ApprovalOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<CancelWatch>()
            .AddSingleton<ExportUserCheck>()
            .AddSingleton<FreshnessGuard>()
            .AddSingleton<ApprovalGuard>()
            .AddSingleton<ColumnGuard>()
            .AddSingleton<BatchSender>()
            .AddSingleton<BatchConfirmation>()
            .AddSingleton<JobConfirmation>()
            .AddSingleton<BatchFlows>()
            .AddSingleton<InterruptedSending>()
            .AddSingleton<PrepareStage>()
            .AddSingleton<LateRemovals>()
            .AddSingleton<SendStage>()
            .AddSingleton<ConfirmStage>()
            .AddSingleton<RemoveStage>()
            .AddSingleton<UndoPrepareStage>()
            .AddSingleton<ListLookup>()
            .AddSingleton<UndoneJoiners>()
            .AddSingleton<UndoneRemovals>()
            .AddSingleton<UndoStage>()
            .AddSingleton<FirstMirrorRun>()
            .AddSingleton<Rehearsals>()
            .AddSingleton<ForecastPass>()
            .AddSingletonBuilt<ForecastService>()
            .AddSingleton<MemberLook>()
            .AddSingletonBuilt<MemberPreview>()
            .AddSingleton<TestMembership>()
            .AddSingleton<TestImport>()
            .AddSingletonBuilt<TestProfiles>()
            .AddSingleton<CloseStage>()
            .AddSingleton<RunExecution>();
    }
}
