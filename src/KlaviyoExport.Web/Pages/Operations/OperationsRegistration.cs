namespace KlaviyoExport.Web.Pages.Operations;

internal static class OperationsRegistration
{
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<SystemPulse>()
        .AddSingleton<SystemHealth>()
        .AddSingleton<StatusView>()
        .AddSingleton<RefreshReport>();
}
