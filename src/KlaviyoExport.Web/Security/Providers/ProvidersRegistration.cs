using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.Identity.Web;

namespace KlaviyoExport.Web.Security.Providers;

internal static class ProvidersRegistration
{
    /// <summary>
    /// Registers the identity providers. The sections are validated at every start. A provider's scheme exists only when its section is
    /// filled in.
    /// </summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EntraSection>().BindConfiguration(EntraSection.Section).ValidateOnStart();
        services.AddOptions<OpenIdConnectSection>().BindConfiguration(OpenIdConnectSection.Section).ValidateOnStart();
        services
            .AddOptions<RoleMapping>()
            .Configure<IConfiguration>((roles, settings) => roles.Read(settings.GetSection(RoleMapping.Section)))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<EntraSection>, EntraSectionCheck>();
        services.AddSingleton<IValidateOptions<OpenIdConnectSection>, OpenIdConnectSectionCheck>();
        services.AddSingleton<IValidateOptions<RoleMapping>, RoleMappingCheck>();
        services.AddSingleton<SignInProviders>();
        services.AddSingleton<FreshSignInTickets>();
        services.AddScoped<ProviderAccounts>();
        services.AddScoped<ProviderSignIn>();
        services.AddScoped<ProviderSignOut>();

        // When a token is signed with an unknown key, the framework reloads the provider's keys. By default it does so in the background
        // and rejects the token until then. This switch makes it wait for the new keys.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);
        if (Read<EntraSection>(configuration, EntraSection.Section) is { IsConfigured: true } entra)
            AddEntra(services, configuration.GetSection(EntraSection.Section), entra);
        if (Read<OpenIdConnectSection>(configuration, OpenIdConnectSection.Section) is { IsConfigured: true } other)
            AddOther(services, other);
        return services;
    }

    private static void AddEntra(IServiceCollection services, IConfigurationSection section, EntraSection entra)
    {
        services
            .AddAuthentication()
            .AddMicrosoftIdentityWebApp(section, SignInProviders.EntraScheme, cookieScheme: null, displayName: entra.DisplayName);
        services.Configure<MicrosoftIdentityOptions>(
            SignInProviders.EntraScheme,
            options =>
            {
                (options.CallbackPath, options.SignedOutCallbackPath) = (entra.CallbackPath, entra.SignedOutCallbackPath);
                // The flow sets this too, but Microsoft.Identity.Web has its own token handler, which takes the value from these options.
                options.MapInboundClaims = false;
            }
        );
        services
            .AddOptions<OpenIdConnectOptions>(SignInProviders.EntraScheme)
            .Configure<IOptions<RoleMapping>>((options, roles) => ProviderFlow.Configure(options, roles.Value));
    }

    private static void AddOther(IServiceCollection services, OpenIdConnectSection provider)
    {
        services.AddAuthentication().AddOpenIdConnect(SignInProviders.OpenIdConnectScheme, provider.DisplayName, _ => { });
        services
            .AddOptions<OpenIdConnectOptions>(SignInProviders.OpenIdConnectScheme)
            .Configure<IOptions<RoleMapping>>(
                (options, roles) =>
                {
                    (options.Authority, options.ClientId, options.ClientSecret) = (
                        provider.Authority,
                        provider.ClientId,
                        provider.ClientSecret
                    );
                    (options.CallbackPath, options.SignedOutCallbackPath) = ("/sign-in/provider/return", "/sign-out/provider/return");
                    options.Scope.Clear();
                    foreach (var scope in provider.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                        options.Scope.Add(scope);
                    // In the code flow, a provider may return name and email address only from this endpoint (OpenID Connect Core 1.0,
                    // section 5.4).
                    options.GetClaimsFromUserInfoEndpoint = true;
                    options.RequireHttpsMetadata = !ProviderAddress.IsLoopbackHttp(new Uri(provider.Authority));
                    ProviderFlow.Configure(options, roles.Value);
                }
            );
    }

    /// <summary>Reads a section. Null when a value has the wrong type, which the validation at start then reports.</summary>
    private static T? Read<T>(IConfiguration configuration, string section)
        where T : class
    {
        try
        {
            return configuration.GetSection(section).Get<T>();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
