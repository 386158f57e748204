using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Alerts.Watching;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts;

/// <summary>Registers the services of this folder.</summary>
public static class AlertsRegistration
{
    /// <summary>Adds alerts, their outbox and its channels: mail, webhooks and the bell.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptions.Validator>();
        services.AddMail();
        // The address of a webhook can be a secret, and the default loggers write addresses.
        services
            .AddHttpClient(WebhookPoster.ClientName, http => http.Timeout = WebhookPoster.AtMost)
            .ConfigurePrimaryHttpMessageHandler(provider =>
            {
                var sockets = Sockets();
                sockets.ConnectCallback = provider.GetRequiredService<MachineAddresses>().ConnectAsync;
                return sockets;
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        services.AddMetrics();
        services.AddHostedService<AlertWorker>();
        return services
            .AddSingleton<AlertSignal>()
            .AddSingleton<Findings>()
            .AddSingleton<AlertWatch>()
            .AddSingleton<WebhookPoster>()
            .AddSingleton<OutboxMeter>()
            .AddSingleton<OutboxSender>()
            .AddSingletonBuilt<AlertService>()
            .AddSingletonBuilt<WebhookService>()
            .AddSingletonBuilt<PasswordMails>()
            .AddSingletonBuilt<AccountMails>()
            .AddSingleton<ExportAlertService>()
            .AddSingleton<OwnAlerts>()
            .AddSingleton<AlertBell>()
            .AddSecretColumn<AlertWebhook>(nameof(AlertWebhook.Url), SecretKind.Credential)
            .AddSecretColumn<AlertWebhook>(nameof(AlertWebhook.Secret), SecretKind.Credential)
            .AddSingleton<FollowPersonRemoved>(AlertTraces.ForgetAsync)
            .AddSingleton<FollowRunEnd>(provider =>
                (_, _) =>
                {
                    provider.GetRequiredService<AlertSignal>().Wake();
                    return Task.CompletedTask;
                }
            );
    }

    private static void AddMail(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsValidator>();
        services
            .AddHttpClient(MailTokens.ClientName, http => http.Timeout = TimeSpan.FromSeconds(30))
            .ConfigurePrimaryHttpMessageHandler(Sockets)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        services.AddSingleton<MailTokens>().AddSingleton<Mailer>().AddSingleton<LetterWriter>();
    }

    private static SocketsHttpHandler Sockets() =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
}
