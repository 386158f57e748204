using KlaviyoExport.Benchmarks.Processes;

namespace KlaviyoExport.Benchmarks.Footprint;

/// <summary>A copy of the product's sources.</summary>
internal static class Sources
{
    private static readonly string[] LeftOut = ["bin", "obj", "packages.lock.json"];

    /// <summary>Copies <c>src</c> and the files of the root that builds read, without build outputs and lock files.</summary>
    /// <returns>The path of the copy.</returns>
    public static string Copy(string target)
    {
        Copy(new DirectoryInfo(Path.Combine(Builds.Root, "src")), Path.Combine(target, "src"));
        foreach (var file in new DirectoryInfo(Builds.Root).EnumerateFiles("Directory.*.props"))
            file.CopyTo(Path.Combine(target, file.Name));
        File.Copy(Path.Combine(Builds.Root, "global.json"), Path.Combine(target, "global.json"));
        return target;
    }

    private static void Copy(DirectoryInfo source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var entry in source.EnumerateFileSystemInfos().Where(entry => !LeftOut.Contains(entry.Name)))
        {
            var path = Path.Combine(target, entry.Name);
            if (entry is DirectoryInfo folder)
                Copy(folder, path);
            else
                File.Copy(entry.FullName, path);
        }
    }
}
