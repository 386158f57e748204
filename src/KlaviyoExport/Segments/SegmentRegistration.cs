using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Segments;

public static class SegmentRegistration
{
    /// <summary>Segments; they need the sources.</summary>
    public static IServiceCollection AddSegments(this IServiceCollection services)
    {
        services.AddSingleton<SegmentReader>();
        services.AddSingleton<SegmentService>();
        return services;
    }
}
