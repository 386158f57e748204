using KlaviyoExport.Alerts;
using KlaviyoExport.Cluster;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Connections;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Forwarding;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.Retention;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Secrets;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport;

/// <summary>Registers the services of the product.</summary>
public static class ProductRegistration
{
    /// <summary>
    /// Adds all services except the store and the people, which the host must add first. Hosted services start in the order of
    /// registration, so the scheduler comes last.
    /// </summary>
    public static IServiceCollection AddProduct(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddKlaviyo()
            .AddSecrets()
            .AddCluster()
            .AddSources(configuration)
            .AddSegments()
            .AddKlaviyoConnections()
            .AddRuns()
            .AddExports()
            .AddLists()
            .AddAlerts()
            .AddForwarding()
            .AddDelivery()
            .AddDispatch(configuration)
            .AddRetention()
            .AddOverview()
            .AddConfigurationFiles()
            .AddScheduling();
}
