using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Exports;

/// <summary>Registers the services of exports.</summary>
public static class ExportsRegistration
{
    /// <summary>Registers the services of exports, and the removal of connections that exports use.</summary>
    public static IServiceCollection AddExports(this IServiceCollection services) =>
        services
            .AddSingleton<ProfileCap>()
            .AddSingleton<SegmentUnion>()
            .AddSingleton<ExportTraces>()
            .AddSingleton<ExportService>()
            .AddSingleton<ColumnRename>()
            .AddSingleton<ConnectionRemoval>()
            .AddSingleton<SampleRemoval>()
            .AddSingleton<RunContexts>()
            .AddSingleton<DraftedExports>()
            .AddSingleton<FindSourceUsers>(ExportUse.OfSourceAsync)
            .AddSingleton<FindFieldUsers>(ExportUse.OfFieldsAsync)
            .AddSingleton<FindSegmentUsers>(ExportUse.OfSegmentAsync);
}
