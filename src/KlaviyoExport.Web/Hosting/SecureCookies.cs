using Microsoft.AspNetCore.Http.Features;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Makes all cookies of requests over TLS Secure, and gives them a prefix: <c>__Host-</c>, or <c>__Secure-</c> for an application below a
/// path of its host. A browser accepts cookies with these names over TLS only, and those with <c>__Host-</c> from this host only, so that
/// neither a page without TLS nor another host of the domain can set them. Code uses the names without the prefix.
/// </summary>
internal static class SecureCookies
{
    /// <summary>Adds the prefixes. Call it when the scheme, the host and the path base of the request are known.</summary>
    public static void UseSecureCookies(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Request.IsHttps)
                {
                    var pathBase = context.Request.PathBase;
                    var (prefix, path) = pathBase.HasValue ? ("__Secure-", pathBase.ToUriComponent()) : ("__Host-", "/");
                    var (received, sent) = (context.Request.Cookies, context.Response.Cookies);
                    context.Features.Set<IRequestCookiesFeature>(new RequestCookiesFeature(new PrefixedCookies(received, prefix)));
                    context.Features.Set<IResponseCookiesFeature>(new PrefixingCookies(sent, prefix, path));
                }
                return next(context);
            }
        );

    /// <summary>The cookies of a request that have the prefix, by their names without it. Others are left out.</summary>
    private sealed class PrefixedCookies : Dictionary<string, string>, IRequestCookieCollection
    {
        public PrefixedCookies(IRequestCookieCollection all, string prefix)
            : base(StringComparer.OrdinalIgnoreCase)
        {
            foreach (var (name, value) in all)
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal))
                    this[name[prefix.Length..]] = value;
            }
        }

        string? IRequestCookieCollection.this[string key] => TryGetValue(key, out var value) ? value : null;

        ICollection<string> IRequestCookieCollection.Keys => Keys;
    }

    /// <summary>Adds the prefix to the cookies of a response. All get the path of the application, as the prefix requires.</summary>
    private sealed class PrefixingCookies(IResponseCookies inner, string prefix, string path) : IResponseCookies, IResponseCookiesFeature
    {
        public IResponseCookies Cookies => this;

        public void Append(string key, string value) => Append(key, value, new CookieOptions());

        public void Append(string key, string value, CookieOptions options) => inner.Append(prefix + key, value, Secured(options));

        public void Delete(string key) => Delete(key, new CookieOptions());

        public void Delete(string key, CookieOptions options) => inner.Delete(prefix + key, Secured(options));

        private CookieOptions Secured(CookieOptions options) =>
            new(options)
            {
                Secure = true,
                Path = path,
                Domain = null,
            };
    }
}
