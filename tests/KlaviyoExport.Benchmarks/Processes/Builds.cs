namespace KlaviyoExport.Benchmarks.Processes;

/// <summary>Where the builds of the product are. They are those of the configuration in which the benchmarks were built.</summary>
internal static class Builds
{
    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    public static string Web => Find("KlaviyoExport.Web");

    public static string Sandbox => Find("KlaviyoExport.Sandbox");

    public static string Benchmarks => Path.Combine(AppContext.BaseDirectory, "KlaviyoExport.Benchmarks.dll");

    private static string Find(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.Combine(Root, "src", project, "bin", configuration, "net10.0", $"{project}.dll");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "KlaviyoExport.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The benchmarks run inside the repository only.");
        return folder.FullName;
    }
}
