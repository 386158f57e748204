using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Forwarding;

/// <summary>Registers the services of this folder.</summary>
public static class ForwardingRegistration
{
    /// <summary>Adds the forwarding of the audit to a syslog server and to a webhook.</summary>
    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.AddOptions<ForwardingOptions>().BindConfiguration(ForwardingOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ForwardingOptions>, ForwardingOptions.Validator>();
        services.AddHostedService<AuditForwarder<SyslogTarget>>();
        services.AddHostedService<AuditForwarder<WebhookTarget>>();
        return services
            .AddSingleton<AuditForwarding>()
            .AddSingleton<SyslogTarget>()
            .AddSingleton<WebhookTarget>()
            .AddSingleton<IAuditTarget>(provider => provider.GetRequiredService<SyslogTarget>())
            .AddSingleton<IAuditTarget>(provider => provider.GetRequiredService<WebhookTarget>());
    }
}
