using System.Security.Claims;
using System.Threading.RateLimiting;
using KlaviyoExport.Web.Api;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>
/// The policies that bound the requests of a person, a token or a network address. Pages and endpoints name theirs; requests to others are
/// not limited: static files, health checks and the connections of open pages.
/// </summary>
internal static class RateLimits
{
    public const string SignIn = "sign-in";
    public const string ProviderSignIn = "provider-sign-in";
    public const string ForgottenPassword = "forgotten-password";
    public const string Link = "link";
    public const string Download = "download";
    public const string ExpensivePage = "expensive-page";
    public const string Token = "token";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);

    public static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RefusedTokens>();
        services
            .AddOptions<CircuitBoundOptions>()
            .BindConfiguration(CircuitBoundOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<OpenCircuits>();
        services.AddScoped<CircuitHandler, CircuitBound>();
        services.AddRateLimiter(_ => { });
        services
            .AddOptions<RateLimiterOptions>()
            .Configure<IOptions<RateLimitOptions>, IOptions<ApiOptions>>((limiter, limits, api) => AddTo(limiter, limits.Value, api.Value));
        return services;
    }

    /// <summary>Returns the limit of one caller: so many permits in each window.</summary>
    public static SlidingWindowRateLimiterOptions Per(TimeSpan window, int permits) =>
        new()
        {
            PermitLimit = permits,
            Window = window,
            SegmentsPerWindow = 6,
        };

    private static void AddTo(RateLimiterOptions limiter, RateLimitOptions limits, ApiOptions api)
    {
        limiter.OnRejected = (rejected, _) => new(TooManyRequests.RespondAsync(rejected.HttpContext, rejected.Lease));
        limiter.AddPolicy(SignIn, Posts(Per(Minute, limits.SignIns)));
        limiter.AddPolicy(ProviderSignIn, context => Of(NetworkAddress.Of(context), Per(Minute, limits.SignIns)));
        limiter.AddPolicy(ForgottenPassword, Posts(Per(QuarterHour, limits.ForgottenPasswords)));
        limiter.AddPolicy(Link, Posts(Per(Minute, limits.Links)));
        limiter.AddPolicy(Download, context => Of(PersonOrAddress(context), Per(Minute, limits.Downloads)));
        limiter.AddPolicy(ExpensivePage, context => Of(PersonOrAddress(context), Per(Minute, limits.ExpensivePages)));
        limiter.AddPolicy(Token, context => Of(TokenOf(context), Per(Minute, api.RequestsPerMinute)));
    }

    /// <summary>Limits the forms that a network address sends. To open the page with the form is not limited.</summary>
    private static Func<HttpContext, RateLimitPartition<string>> Posts(SlidingWindowRateLimiterOptions limit) =>
        context =>
            HttpMethods.IsPost(context.Request.Method)
                ? Of(NetworkAddress.Of(context), limit)
                : RateLimitPartition.GetNoLimiter(nameof(HttpMethods.Get));

    private static RateLimitPartition<string> Of(string caller, SlidingWindowRateLimiterOptions limit) =>
        RateLimitPartition.GetSlidingWindowLimiter(caller, _ => limit);

    private static string PersonOrAddress(HttpContext context) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? NetworkAddress.Of(context);

    private static string TokenOf(HttpContext context) =>
        TokenAuthentication.CallerOf(context) is { } caller ? $"{caller.TokenId}" : NetworkAddress.Of(context);
}
