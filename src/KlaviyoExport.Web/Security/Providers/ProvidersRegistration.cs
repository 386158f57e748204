using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.Identity.Web;

namespace KlaviyoExport.Web.Security.Providers;

internal static class ProvidersRegistration
{
    /// <summary>The sections are checked at every start; a provider's scheme exists only where its section is filled in.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EntraSection>().BindConfiguration(EntraSection.Name).ValidateOnStart();
        services.AddOptions<OpenIdConnectSection>().BindConfiguration(OpenIdConnectSection.Name).ValidateOnStart();
        services
            .AddOptions<RoleMapping>()
            .Configure<IConfiguration>((roles, settings) => roles.Read(settings.GetSection(RoleMapping.Section)))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<EntraSection>, EntraSectionCheck>();
        services.AddSingleton<IValidateOptions<OpenIdConnectSection>, OpenIdConnectSectionCheck>();
        services.AddSingleton<IValidateOptions<RoleMapping>, RoleMappingCheck>();
        services.AddSingleton<SignInProviders>();
        services.AddSingleton<AnewTickets>();
        services.AddScoped<ProviderAccounts>();
        services.AddScoped<ProviderSignIn>();
        services.AddScoped<ProviderSignOut>();

        // A token signed with a key we have not read yet makes the framework read the provider's keys anew. It would do so in the
        // background, and refuse the token meanwhile.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);
        if (Read<EntraSection>(configuration, EntraSection.Name) is { IsConfigured: true } entra)
            AddEntra(services, configuration.GetSection(EntraSection.Name), entra);
        if (Read<OpenIdConnectSection>(configuration, OpenIdConnectSection.Name) is { IsConfigured: true } other)
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
                // Here and not in the flow alone: these options bring their own reader of tokens.
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
                    // With a code, a provider may tell who the person is only there (OpenID Connect Core 1.0, section 5.4).
                    options.GetClaimsFromUserInfoEndpoint = true;
                    options.RequireHttpsMetadata = !ProviderAddress.IsLoopbackHttp(new Uri(provider.Authority));
                    ProviderFlow.Configure(options, roles.Value);
                }
            );
    }

    /// <summary>Null where the section holds something of the wrong kind: the check at start says so.</summary>
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
