using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

/// <summary>
/// Decides which files may be read: those under <see cref="SourceOptions.Roots"/> and the uploads, after all symbolic links are resolved.
/// </summary>
public sealed class SourcePaths(IOptions<SourceOptions> options, IOptions<StoreOptions> store)
{
    public string Uploads => store.Value.PathOf("uploads");

    /// <summary>Whether a location is that of an uploaded file.</summary>
    public bool IsUpload(string location) =>
        Path.GetDirectoryName(Path.GetDirectoryName(location)) is { } parent && parent == Path.GetFullPath(Uploads);

    /// <summary>Returns the real path of a file or folder.</summary>
    /// <exception cref="SourceException">The path is outside the roots and the uploads, or does not exist.</exception>
    public string Resolve(string location)
    {
        if (
            string.IsNullOrWhiteSpace(location)
            || location.Contains('\0', StringComparison.Ordinal)
            || !Path.IsPathFullyQualified(location)
        )
            throw new SourceException(new LocalizedMessage("Sources.PathNotFull"));
        var full = Path.GetFullPath(location);
        // Paths outside get the same message whether they exist or not, so that the check reveals nothing about the server.
        if (!IsAllowed(full))
            throw Outside(location);
        try
        {
            var real = RealPath.Of(full);
            if (!IsAllowed(real))
                throw Outside(location);
            if (Path.Exists(real))
                return real;
        }
        catch (IOException)
        {
            // The links form a cycle.
        }
        throw new SourceException(new LocalizedMessage("Sources.NotFound", location));
    }

    private bool IsAllowed(string path) =>
        options
            .Value.Roots.Append(Uploads)
            .Any(root => RealPath.IsUnder(path, Path.GetFullPath(root)) || RealPath.IsUnder(path, RealPath.Of(Path.GetFullPath(root))));

    private SourceException Outside(string location) =>
        new(
            options.Value.Roots.Count == 0
                ? new LocalizedMessage("Sources.NoRoots", location)
                : new LocalizedMessage("Sources.OutsideRoots", location, string.Join(", ", options.Value.Roots))
        );
}
