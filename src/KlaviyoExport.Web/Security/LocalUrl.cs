namespace KlaviyoExport.Web.Security;

/// <summary>
/// Makes and checks the paths of redirects. They must stay within this application. Browsers see the paths with the path base of the
/// application, so return addresses contain it.
/// </summary>
internal static class LocalUrl
{
    /// <summary>Returns the path of a page as the browser sees it.</summary>
    /// <param name="pathBase">The path base of the request.</param>
    /// <param name="page">The path of the page within the application, without a slash at its beginning, and its query.</param>
    public static string Of(PathString pathBase, string page) => $"{pathBase.ToUriComponent()}/{page}";

    /// <summary>
    /// Returns <paramref name="address"/> if it is a path of this application, else the path of <paramref name="page"/>. Browsers read
    /// "//host" and "/\host" as other sites.
    /// </summary>
    /// <param name="pathBase">The path base of the request.</param>
    /// <param name="address">A return address from the browser.</param>
    /// <param name="page">See <see cref="Of"/>.</param>
    public static string Or(PathString pathBase, string? address, string page) =>
        address is ['/', ..] && address is not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) && IsBelow(pathBase, address)
            ? address
            : Of(pathBase, page);

    /// <summary>Returns the path of the sign-in page, which then leads to a page.</summary>
    public static string SignInFor(PathString pathBase, string page) =>
        Of(pathBase, "sign-in" + QueryString.Create("returnUrl", Of(pathBase, page)));

    /// <summary>Whether the browser, which resolves dot segments, requests the address from this application.</summary>
    private static bool IsBelow(PathString pathBase, string address) =>
        !pathBase.HasValue
        || Uri.TryCreate("http://localhost" + address, UriKind.Absolute, out var uri)
            && PathString.FromUriComponent(uri).StartsWithSegments(pathBase, StringComparison.Ordinal);
}
