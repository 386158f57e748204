namespace KlaviyoExport.Web.Security;

/// <summary>Checks redirect addresses that come from the browser. They must stay within this application.</summary>
internal static class LocalUrl
{
    /// <summary>
    /// Returns <paramref name="address"/> if it is a path of this application, else <paramref name="otherwise"/>. Browsers read "//host"
    /// and "/\host" as other sites.
    /// </summary>
    public static string Or(string? address, string otherwise) =>
        address is ['/', ..] && address is not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : otherwise;
}
