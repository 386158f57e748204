namespace KlaviyoExport.Web.Hosting;

internal static class ContentRoot
{
    /// <summary>
    /// The folder of appsettings.json and, unless set, of the data: that of a published app wherever it is started from; the project's with
    /// <c>dotnet run</c>, whose build output holds no settings.
    /// </summary>
    public static string? Find() =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, "appsettings.json")) ? AppContext.BaseDirectory : null;
}
