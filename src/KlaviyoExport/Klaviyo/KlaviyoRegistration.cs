using System.Net;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Klaviyo.Resilience;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo;

/// <summary>Registers the services that call Klaviyo.</summary>
public static class KlaviyoRegistration
{
    /// <summary>
    /// Adds <see cref="KlaviyoClient"/> and <see cref="KlaviyoOAuth"/>. Their options come from the <c>Klaviyo</c> section and are
    /// validated when the application starts.
    /// </summary>
    public static IServiceCollection AddKlaviyo(this IServiceCollection services)
    {
        services.AddOptions<KlaviyoOptions>().BindConfiguration(KlaviyoOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KlaviyoOptions>, KlaviyoOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<KlaviyoTelemetry>();
        services.TryAddSingleton<KlaviyoRateLimits>();
        services.TryAddSingleton<KlaviyoTime>();
        services.TryAddSingleton<IPracticeKlaviyo, NoPracticeKlaviyo>();
        services.TryAddTransient<RateHandler>();
        services.TryAddTransient<AuthenticationHandler>();
        services.TryAddTransient<AttemptHandler>();
        var client = services
            .AddHttpClient(nameof(KlaviyoClient), http => http.Timeout = Timeout.InfiniteTimeSpan)
            .AddTypedClient(
                (http, provider) =>
                    new KlaviyoClient(
                        http,
                        provider.GetRequiredService<IOptions<KlaviyoOptions>>(),
                        provider.GetRequiredService<KlaviyoRateLimits>(),
                        provider.GetRequiredService<TimeProvider>(),
                        provider.GetRequiredService<ILogger<KlaviyoClient>>()
                    )
            )
            .ConfigurePrimaryHttpMessageHandler(Sockets)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // The default loggers write complete URLs, and a filter in the URL contains email addresses.
            .RemoveAllLoggers();
        client.AddResilienceHandler("call", KlaviyoResilience.ConfigureCall);
        client
            .AddHttpMessageHandler<RateHandler>()
            .AddHttpMessageHandler<AuthenticationHandler>()
            .AddResilienceHandler("try", KlaviyoResilience.ConfigureTry);
        client.AddHttpMessageHandler<AttemptHandler>();
        return services.AddKlaviyoOAuth();
    }

    private static IServiceCollection AddKlaviyoOAuth(this IServiceCollection services)
    {
        services.AddOptions<KlaviyoOAuthOptions>().BindConfiguration(KlaviyoOAuthOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KlaviyoOAuthOptions>, KlaviyoOAuthOptionsValidator>());
        services
            .AddHttpClient<KlaviyoOAuth>(http =>
            {
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.MaxResponseContentBufferSize = KlaviyoOAuth.MaxResponseBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(Sockets)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        return services;
    }

    private static SocketsHttpHandler Sockets() =>
        new()
        {
            // A key must not be sent to the target of a redirect, and cookies would be shared between accounts.
            AllowAutoRedirect = false,
            UseCookies = false,
            // Klaviyo gets no trace ids, and the framework records no URLs.
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
}
