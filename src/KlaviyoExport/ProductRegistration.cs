using KlaviyoExport.Cluster;
using KlaviyoExport.Connections;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.Retention;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport;

public static class ProductRegistration
{
    /// <summary>
    /// All rooms but the store and the people, which a host adds first. They are added from the ground up: what runs by itself starts in
    /// this order, and the scheduler last.
    /// </summary>
    public static IServiceCollection AddProduct(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddCluster()
            .AddKlaviyo()
            .AddSources(configuration)
            .AddSegments()
            .AddKlaviyoConnections()
            .AddRuns()
            .AddExports()
            .AddLists()
            .AddDelivery()
            .AddDispatch(configuration)
            .AddRetention()
            .AddOverview()
            .AddScheduling();
}
