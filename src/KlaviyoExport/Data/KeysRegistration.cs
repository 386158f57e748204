using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

internal static class KeysRegistration
{
    /// <summary>
    /// The keys that encrypt what is secret: in a folder of their own, or in the store and encrypted, where several machines share them.
    /// </summary>
    public static void AddKeys(this IServiceCollection services, IConfiguration configuration, string folder, string contentRoot)
    {
        services.AddOptions<KeyOptions>().BindConfiguration(KeyOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KeyOptions>>(new KeyOptions.Validator(contentRoot));
        var options = configuration.GetSection(KeyOptions.Section).Get<KeyOptions>() ?? new();
        var protection = services.AddDataProtection().SetApplicationName("KlaviyoExport");
        if (options.HasCertificate && DatabaseOptions.Of(configuration).ParsedProvider != StoreProvider.Sqlite)
            protection.PersistKeysToDbContext<AppDb>();
        else
            protection.PersistKeysToFileSystem(new DirectoryInfo(folder));
        if (!options.HasCertificate || new KeyOptions.Validator(contentRoot).Validate(null, options).Failed)
            return; // Where a certificate cannot be read the start ends before keys are needed.
        protection.ProtectKeysWithCertificate(options.Load(options.Certificate!, contentRoot));
        protection.UnprotectKeysWithAnyCertificate([
            .. options.OldCertificates.Select(file => options.Load(file, contentRoot)),
            options.Load(options.Certificate!, contentRoot),
        ]);
    }
}
