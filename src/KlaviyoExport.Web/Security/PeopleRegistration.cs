using KlaviyoExport.Alerts;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>Registers sign-in, the session cookie and the authorization policies.</summary>
internal static class PeopleRegistration
{
    /// <summary>
    /// The interval at which sessions are checked. A revoked session can still show pages for at most this long. It cannot change
    /// anything: services look the person up at every call.
    /// </summary>
    private static readonly TimeSpan Revalidation = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddPeople(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPeopleServices();
        services.AddSingleton<IValidateOptions<LocalAccountsOptions>, LocalAccountsCheck>();
        services.AddCascadingAuthenticationState();
        services.AddHttpContextAccessor();
        services.AddScoped<CurrentActor>();
        services.AddScoped<Proofs>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<PasskeySignIn>();
        services.AddScoped<SignInMethods>();
        services.AddScoped<FreshSignIns>();
        services.AddScoped<OwnAccounts>();
        services.AddSingleton<CarriedMessages>();
        services.AddScoped<AuthenticationStateProvider, SessionRevalidation>();
        services.AddSingleton<IAuthorizationHandler, RuleHandler>();
        services.AddAuthorization(Policies.Add);

        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.AddProviders(configuration);
        services
            .AddIdentityCore<AppUser>(Configure)
            .AddSignInManager()
            .AddDefaultTokenProviders()
            .AddPasswordValidator<GuessablePasswords>()
            .AddClaimsPrincipalFactory<ActorClaims>();
        // As OWASP advises for PBKDF2 with SHA-512. Older hashes are replaced at the next sign-in.
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = 210_000);
        services.AddScoped<PersonStore>();
        services.AddScoped<IUserStore<AppUser>>(provider => provider.GetRequiredService<PersonStore>());
        services.AddScoped<SessionSignIn>();
        services.AddScoped<SignInManager<AppUser>>(provider => provider.GetRequiredService<SessionSignIn>());
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            // The device must have checked the person, by a finger or a PIN: then a passkey is two factors in one.
            options.UserVerificationRequirement = "required";
            // Passkeys that the browser can list, so that nobody has to enter an address.
            options.ResidentKeyRequirement = "required";
        });
        services.AddSingleton<PasswordLinks>();
        services.AddSingleton<SecondFactorResets>();
        services.AddSingleton<MakePasswordLink>(provider =>
            (userId, _) => provider.GetRequiredService<PasswordLinks>().MakeForMailAsync(userId)
        );
        services.Configure<DataProtectionTokenProviderOptions>(options => options.TokenLifespan = PasswordLinks.Lifetime);
        services.Configure<SecurityStampValidatorOptions>(options =>
        {
            options.ValidationInterval = Revalidation;
            options.OnRefreshingPrincipal = SessionClaim.KeepAsync;
        });
        services.ConfigureApplicationCookie(options =>
        {
            options.Cookie.Name = "klaviyo-export";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = Sessions.Lifetime;
            options.SlidingExpiration = true;
            options.LoginPath = "/sign-in";
            options.AccessDeniedPath = "/access-denied";
            options.ReturnUrlParameter = "returnUrl";
        });
        services
            .AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure<IOptions<LocalAccountsOptions>>(
                (cookie, local) =>
                {
                    if (!local.Value.Enabled)
                        cookie.Events.OnValidatePrincipal = ProviderSession.DemandAsync;
                }
            );
        return services;
    }

    private static void Configure(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        // The user name is the email address. Addresses can have characters that the default forbids, such as the apostrophe in o'brien@.
        options.User.AllowedUserNameCharacters = "";
        // A minimum length protects better than required character classes (NIST SP 800-63B).
        options.Password.RequiredLength = 12;
        options.Password.RequiredUniqueChars = 5;
        options.Password.RequireDigit = false;
        options.Password.RequireLowercase = false;
        options.Password.RequireUppercase = false;
        options.Password.RequireNonAlphanumeric = false;
    }
}
