using KlaviyoExport.Klaviyo;
using KlaviyoExport.Web.Demo;

namespace KlaviyoExport.Web.Practice;

/// <summary>Registers the practice Klaviyo.</summary>
internal static class PracticeRegistration
{
    public static IServiceCollection AddPractice(this IServiceCollection services)
    {
        services.AddOptions<PracticeOptions>().BindConfiguration(PracticeOptions.Section);
        services.AddOptions<DemoOptions>().BindConfiguration(DemoOptions.Section);
        return services.AddSingleton<IPracticeKlaviyo, PracticeKlaviyo>();
    }
}
