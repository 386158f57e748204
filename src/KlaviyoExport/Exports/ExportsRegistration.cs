using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Exports;

public static class ExportsRegistration
{
    public static IServiceCollection AddExports(this IServiceCollection services) => services.AddSingleton<SegmentUnion>().AddSingleton<ExportService>();
}
