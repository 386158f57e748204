namespace KlaviyoExport.Web.Security;

/// <summary>Addresses handed in by the browser that may only lead back here.</summary>
internal static class LocalUrl
{
    /// <summary>The address if it is a path of this application, else the other one. "//host" and "/\host" are other sites.</summary>
    public static string Or(string? address, string otherwise) =>
        address is ['/', ..] && address is not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : otherwise;
}
