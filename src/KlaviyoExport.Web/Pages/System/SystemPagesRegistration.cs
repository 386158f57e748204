namespace KlaviyoExport.Web.Pages.System;

internal static class SystemPagesRegistration
{
    public static IServiceCollection AddSystemPages(this IServiceCollection services) =>
        services.AddSingleton<SystemHealth>().AddSingleton<StatusView>().AddSingleton<RefreshReport>();
}
