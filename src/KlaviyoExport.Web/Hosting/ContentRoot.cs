namespace KlaviyoExport.Web.Hosting;

internal static class ContentRoot
{
    /// <summary>
    /// Returns the folder of the executable if it contains appsettings.json, as in a published app, whatever folder the app is started
    /// from. Null with <c>dotnet run</c>, whose build output has no appsettings.json: the framework then uses the current folder, which is
    /// that of the project. The content root is also the base of a relative data directory.
    /// </summary>
    public static string? Find() =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, "appsettings.json")) ? AppContext.BaseDirectory : null;
}
