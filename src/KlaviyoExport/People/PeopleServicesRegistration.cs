using KlaviyoExport.Data;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.People.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KlaviyoExport.People;

/// <summary>Registers the services of this folder.</summary>
public static class PeopleServicesRegistration
{
    /// <summary>Adds the services for people, roles and the audit. The web project adds sign-in.</summary>
    public static IServiceCollection AddPeopleServices(this IServiceCollection services)
    {
        services.AddOptions<LocalAccountsOptions>().BindConfiguration(LocalAccountsOptions.Section).ValidateOnStart();
        services.TryAddSingleton<AuditSignal>();
        services.TryAddSingleton<Audit>();
        services.AddSingletonBuilt<AuditSealing>();
        services.AddSingletonBuilt<AuditVerification>();
        services.AddSingletonBuilt<AuditRenewal>();
        services.AddSingletonBuilt<AuditWatch>();
        services.AddSweep<AuditWatch>(TimeSpan.FromDays(1), (watch, stopping) => watch.LookAsync(stopping));
        services.AddSingleton<AuditPruning>();
        services.AddSingleton<AuditDownloads>();
        services.AddHostedService<AuditSealer>();
        services.AddHostedService<RestoreEntry>();
        services.TryAddSingleton<AuditTrail>();
        services.TryAddSingleton<PeopleService>();
        services.TryAddSingleton<Sessions>();
        services.TryAddSingleton<SignInThrottle>();
        services.TryAddSingleton<SecondFactorPolicy>();
        services.AddSecretColumn<SecondFactor>(nameof(SecondFactor.AuthenticatorKey), SecretKind.Credential);
        services.TryAddSingleton<ApiTokens>();
        services.TryAddSingleton<ApiRequests>();
        return services;
    }
}
