using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Secrets;

/// <summary>The HTTP client for Azure's vaults and sign-in.</summary>
internal static class AzureClient
{
    public const string Name = "Azure";

    /// <summary>Registers the client. It follows no redirect, so tokens and secrets stay with the addresses they are meant for.</summary>
    public static IServiceCollection AddAzureClient(this IServiceCollection services)
    {
        // The default logging of the factory writes complete addresses.
        services
            .AddHttpClient(Name)
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                }
            )
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        return services;
    }
}
