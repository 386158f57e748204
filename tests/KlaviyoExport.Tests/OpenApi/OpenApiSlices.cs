namespace KlaviyoExport.Tests.OpenApi;

/// <summary>All slices of Klaviyo's description, if their folder is beside the repository.</summary>
public static class OpenApiSlices
{
    private static readonly Lazy<IReadOnlyList<OpenApiSlice>> Loaded = new(Load);

    /// <summary>Empty if the folder is missing; then nothing can be checked.</summary>
    public static IReadOnlyList<OpenApiSlice> All => Loaded.Value;

    public static bool Available => All.Count > 0;

    public static OpenApiSlice? Find(string method, string path) => All.FirstOrDefault(s => s.Matches(method, path));

    private static IReadOnlyList<OpenApiSlice> Load()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "KlaviyoExport.sln")))
                continue;
            var slices = new DirectoryInfo(Path.Combine(folder.Parent!.FullName, "shared", "klaviyo", "openapi"));
            return slices.Exists ? [.. slices.EnumerateFiles("*.json").Select(f => OpenApiSlice.Parse(File.ReadAllText(f.FullName)))] : [];
        }
        return [];
    }
}
