using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Which files a load has read.</summary>
public sealed record RemoteLoad
{
    /// <summary>The number of files that are named.</summary>
    public const int Named = 100;

    public int Count { get; init; }

    /// <summary>The size of all of them.</summary>
    public long Bytes { get; init; }

    /// <summary>The first of them, at most <see cref="Named"/>.</summary>
    public IReadOnlyList<RemoteFile> Files { get; init; } = [];

    /// <summary>When the last of them was changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Stands for the names and versions of all files, and the version of this application.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>
    /// Stands for the names and versions of all files whose columns were looked at last: those of the load, or newer ones. Empty for a load
    /// of an earlier version.
    /// </summary>
    public string Seen { get; init; } = "";

    /// <summary>When the files were last found to be unchanged since the load. Null when they were not looked at since.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    internal static RemoteLoad Of(IReadOnlyList<RemoteFile> files) =>
        new()
        {
            Count = files.Count,
            Bytes = files.Sum(file => file.Size),
            Files = [.. files.Take(Named)],
            ChangedAt = files.Max(file => file.ChangedAt),
            // A newer version of the application may read the same files in another way.
            Fingerprint = Hash(files, typeof(RemoteLoad).Module.ModuleVersionId.ToByteArray()),
            Seen = SeenOf(files),
        };

    /// <summary>Returns the value of <see cref="Seen"/> for some files.</summary>
    internal static string SeenOf(IReadOnlyList<RemoteFile> files) => Hash(files, []);

    private static string Hash(IReadOnlyList<RemoteFile> files, byte[] start)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        foreach (var file in files)
            hash.AppendData(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Name}\0{file.Version}\0{file.Size}\n"))
            );
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
