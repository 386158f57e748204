namespace KlaviyoExport;

internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>Resolves all symbolic links of a path, including those of folders. Parts that do not exist are kept.</summary>
    /// <exception cref="IOException">The links form a cycle.</exception>
    public static string Of(string fullPath)
    {
        var links = 0;
        var root = Path.GetPathRoot(fullPath)!;
        var resolved = root;
        var parts = new Stack<string>(Parts(fullPath[root.Length..]));
        while (parts.TryPop(out var part))
        {
            var next = Path.Combine(resolved, part);
            if (Target(next) is not { } target)
            {
                resolved = next;
                continue;
            }
            if (++links > MostLinks)
                throw new IOException("Too many symbolic links.");
            var full = Path.GetFullPath(target, resolved);
            resolved = Path.GetPathRoot(full)!;
            foreach (var inner in Parts(full[resolved.Length..]))
                parts.Push(inner);
        }
        return resolved;
    }

    /// <summary>Whether a path is a folder or in it. Neither is resolved.</summary>
    public static bool IsUnder(string path, string folder)
    {
        var prefix = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return path.StartsWith(prefix, comparison) || path.Equals(Path.TrimEndingDirectorySeparator(folder), comparison);
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse();

    private static string? Target(string path) => new FileInfo(path).LinkTarget;
}
