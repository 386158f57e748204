using System.Net;
using KlaviyoExport.Web.Api;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Protects every request before it reaches a page: forwarded headers, host filtering, https, security headers, origin, cookies and
/// antiforgery.
/// </summary>
internal static class Protection
{
    // Radzen sets style attributes, so inline styles are allowed. Scripts are allowed only from files of this origin.
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src "
        + "'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static IServiceCollection AddProtection(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ProxyOptions>().BindConfiguration(ProxyOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProxyOptions>, ProxyOptions.Validator>();
        services.AddOptions<PathBaseOptions>().Bind(configuration).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PathBaseOptions>, PathBaseOptions.Validator>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ProxyOptions>, IOptions<PathBaseOptions>>(Trust);
        // The server's name and version help only an attacker.
        services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);

        var proxied = (configuration.GetSection(ProxyOptions.Section).Get<ProxyOptions>() ?? new()).IsConfigured;
        if (!proxied && configuration[nameof(AddressOptions.AllowedHosts)] is not { Length: > 0 } && Addresses.AreLoopback(configuration))
        {
            // DNS rebinding: another site can point its host name at 127.0.0.1. Reject requests for any other host name than these.
            services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        }

        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "klaviyo-export-form";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddHsts(options => options.MaxAge = TimeSpan.FromDays(365));
        return services;
    }

    public static void UseProtection(this WebApplication app)
    {
        if (
            app.Services.GetRequiredService<IConfiguration>().GetSection(ProxyOptions.Section).Get<ProxyOptions>() is { IsConfigured: true }
        )
            app.UseForwardedHeaders();
        app.UsePathBaseOfProxy();
        if (!Addresses.AreLoopback(app.Configuration))
        {
            app.UseHsts();
            app.Use(RefuseApiInsteadOfRedirectAsync);
            app.UseHttpsRedirection();
        }
        app.Use(AddHeaders);
        app.UseOwnOrigin();
        app.UseCircuitsUntilStop();
        app.UseSecureCookies();
    }

    /// <summary>A program that is redirected would send its token in clear again and again, and nobody would notice.</summary>
    private static async Task RefuseApiInsteadOfRedirectAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Request.IsHttps || context.Response.HasStarted || !RequestsOfPrograms.Contain(context))
            return;
        if (context.Response.StatusCode != StatusCodes.Status307TemporaryRedirect)
            return;
        context.Response.Headers.Location = default;
        await ApiProblem.Unencrypted().ExecuteAsync(context);
    }

    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ScriptNonce.Of(context) is { } nonce
                ? ContentSecurityPolicy.Replace("script-src 'self'", $"script-src 'self' 'nonce-{nonce}'", StringComparison.Ordinal)
                : ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers.TryAdd("Referrer-Policy", "same-origin");
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            // Pages and answers show customers and secrets. Static files say themselves how long they may be kept.
            if (headers.CacheControl.Count == 0)
                headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(context);
    }

    private static void Trust(ForwardedHeadersOptions options, IOptions<ProxyOptions> proxies, IOptions<PathBaseOptions> paths)
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        if (paths.Value.PathBase is not { Length: > 0 })
            options.ForwardedHeaders |= ForwardedHeaders.XForwardedPrefix;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var address in proxies.Value.Addresses)
            options.KnownProxies.Add(IPAddress.Parse(address));
        foreach (var network in proxies.Value.Networks)
            options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
    }
}
