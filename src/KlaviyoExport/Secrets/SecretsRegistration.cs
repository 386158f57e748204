using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Secrets;

/// <summary>Registers the reading of secrets that are kept outside the store.</summary>
public static class SecretsRegistration
{
    /// <summary>Registers the reader. The options are in the sections <c>Secrets</c> and <c>KeyVault</c>.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddOptions<KeyVaultOptions>().BindConfiguration(KeyVaultOptions.Section).ValidateOnStart();
        services.AddOptions<SecretOptions>().BindConfiguration(SecretOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KeyVaultOptions>, KeyVaultOptionsCheck>();
        services.AddSingleton<IValidateOptions<SecretOptions>, SecretOptionsCheck>();
        return services.AddAzureClient().AddSingleton<KeyVault>().AddSingletonBuilt<SecretReader>();
    }
}
