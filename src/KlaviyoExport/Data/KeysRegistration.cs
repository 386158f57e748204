using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>Registers the data protection keys.</summary>
internal static class KeysRegistration
{
    /// <summary>
    /// Adds the keys that encrypt secrets. They are kept in the folder, or encrypted in the store when there is a certificate and the
    /// store is not SQLite, so that several servers can share them.
    /// </summary>
    public static void AddKeys(this IServiceCollection services, IConfiguration configuration, string folder, string contentRoot)
    {
        services.AddOptions<KeyOptions>().BindConfiguration(KeyOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KeyOptions>>(new KeyOptions.Validator(contentRoot));
        var options = configuration.GetSection(KeyOptions.Section).Get<KeyOptions>() ?? new();
        var protection = services.AddDataProtection().SetApplicationName("KlaviyoExport");
        services.FollowOtherProcesses();
        if (options.HasCertificate && DatabaseOptions.Of(configuration).ParsedProvider != StoreProvider.Sqlite)
            protection.PersistKeysToDbContext<AppDb>();
        else
            protection.PersistKeysToFileSystem(new DirectoryInfo(folder));
        if (!options.HasCertificate || new KeyOptions.Validator(contentRoot).Validate(null, options).Failed)
            return; // When a certificate is invalid, the start fails before the keys are used.
        protection.ProtectKeysWithCertificate(options.Load(options.Certificate!, contentRoot));
        protection.UnprotectKeysWithAnyCertificate([
            .. options.OldCertificates.Select(file => options.Load(file, contentRoot)),
            options.Load(options.Certificate!, contentRoot),
        ]);
    }

    private static void FollowOtherProcesses(this IServiceCollection services)
    {
        // Otherwise data protection goes on with the old keys while it reads them again in the background.
        AppContext.SetSwitch("Microsoft.AspNetCore.DataProtection.KeyManagement.DisableAsyncKeyRingUpdate", true);
        services.AddSingleton<RefreshableKeys>();
        services.Replace(ServiceDescriptor.Singleton<IKeyManager>(provider => provider.GetRequiredService<RefreshableKeys>()));
        var provider = services.Single(service => service.ServiceType == typeof(IDataProtectionProvider)).ImplementationFactory!;
        services.Replace(
            ServiceDescriptor.Singleton<IDataProtectionProvider>(scope => new FreshKeysProvider(
                (IDataProtectionProvider)provider(scope),
                scope.GetRequiredService<RefreshableKeys>()
            ))
        );
    }
}
