using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Connections;

/// <summary>Registers the services of connections.</summary>
public static class ConnectionsRegistration
{
    /// <summary>
    /// Registers connections, the drafts of the wizard, the check of keys, and the lists of an account. (The name differs from ASP.NET
    /// Core's own AddConnections.)
    /// </summary>
    public static IServiceCollection AddKlaviyoConnections(this IServiceCollection services) =>
        services
            .AddSingleton<KeyCheck>()
            .AddSecretColumn<Connection>(nameof(Connection.ApiKey), SecretKind.Credential)
            .AddSecretColumn<Connection>(nameof(Connection.Grant), SecretKind.Credential, nameof(Connection.RefreshingUntil))
            .AddSecretColumn<ConnectionDraft>(nameof(ConnectionDraft.ApiKey), SecretKind.Credential)
            .AddSecretColumn<ConnectionDraft>(nameof(ConnectionDraft.Grant), SecretKind.Credential)
            .AddSecretColumn<KlaviyoSignIn>(nameof(KlaviyoSignIn.Verifier), SecretKind.Credential)
            .AddSingleton<ConnectionTokens>()
            .AddSingletonBuilt<PracticeConnections>()
            .AddSingleton<ConnectionCredentials>()
            .AddSingleton<KlaviyoSignInReturn>()
            .AddSingleton<KlaviyoSignIns>()
            .AddSingleton<ConnectionHealth>()
            .AddSingleton<ConnectionKeys>()
            .AddSingleton<ExportUsers>()
            .AddSingleton<AccountLists>()
            .AddSingleton<DraftReader>()
            .AddSingleton<DraftSaving>()
            .AddSingletonBuilt<ConnectionDrafts>()
            .AddSweep<ConnectionDrafts>(TimeSpan.FromHours(1), (drafts, stopping) => drafts.SweepAsync(stopping))
            .AddSingleton<KeyRotation>()
            .AddSingleton<ConnectionSetup>()
            .AddSingletonBuilt<ConnectionService>()
            .AddSingleton<FollowPersonRemoved>(ConnectionSharing.ForgetAsync);
}
