using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

internal static class OpenIdConnectRegistration
{
    /// <summary>The section is checked at every start; the scheme is there only where it is filled in.</summary>
    public static IServiceCollection AddOpenIdConnect(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OpenIdConnectOptions>().BindConfiguration(OpenIdConnectOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<OpenIdConnectOptions>, OpenIdConnectOptionsCheck>();
        services.AddSingleton<ProviderMetadata>();
        services.AddSingleton<IdTokens>();
        services.AddSingleton<AnewTickets>();
        services.AddScoped<ProviderAccounts>();
        services.AddScoped<ProviderSignIn>();
        services.AddHttpClient(ProviderMetadata.Client, http => http.Timeout = TimeSpan.FromSeconds(15)).RemoveAllLoggers();
        if (configuration.GetSection(OpenIdConnectOptions.Section).Get<OpenIdConnectOptions>() is { IsConfigured: true } provider)
            services.AddAuthentication().AddOAuth<OAuthOptions, OpenIdConnectHandler>(OpenIdConnectHandler.Name, provider.DisplayName, options => Configure(options, provider));
        return services;
    }

    private static void Configure(OAuthOptions options, OpenIdConnectOptions provider)
    {
        (options.ClientId, options.ClientSecret) = (provider.ClientId, provider.ClientSecret);
        // The handler takes both from the provider's metadata; the base class wants them filled in.
        options.AuthorizationEndpoint = options.TokenEndpoint = provider.Authority;
        options.CallbackPath = "/sign-in/provider/return";
        options.UsePkce = true;
        options.Scope.Clear();
        foreach (var scope in provider.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            options.Scope.Add(scope);
        options.BackchannelTimeout = TimeSpan.FromSeconds(15);
        // The provider sends the browser back by a link, so the cookie need not travel with other sites' forms.
        options.CorrelationCookie.Name = "klaviyo-export-provider.";
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Events.OnTicketReceived = context => context.HttpContext.RequestServices.GetRequiredService<ProviderSignIn>().CompleteAsync(context);
        options.Events.OnRemoteFailure = context => context.HttpContext.RequestServices.GetRequiredService<ProviderSignIn>().FailAsync(context);
    }
}
