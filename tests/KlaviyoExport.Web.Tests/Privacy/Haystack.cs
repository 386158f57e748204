using System.Buffers.Binary;
using System.Collections;
using System.IO.Compression;
using System.Text;

namespace KlaviyoExport.Web.Tests.Privacy;

/// <summary>Where a canary was found.</summary>
internal sealed record Finding(string Place, Canary Canary);

/// <summary>Everything that the product has written, kept or said, by its place.</summary>
internal sealed class Haystack
{
    private readonly List<(string Place, byte[] Content)> _places = [];

    public IEnumerable<string> Places => _places.Select(one => one.Place).Distinct();

    public void Add(string place, string content) => Add(place, Encoding.UTF8.GetBytes(content));

    public void Add(string place, byte[] content) => _places.Add((place, content));

    /// <summary>Adds all files of a directory as they are on the disk now, while the product has them open.</summary>
    /// <param name="place">What the directory is.</param>
    public void AddDirectory(string place, string directory)
    {
        // The lock of the directory has no content, and cannot be opened.
        foreach (
            var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(one => new FileInfo(one).Length > 0)
        )
            AddFile($"{place}/{Path.GetRelativePath(directory, file)}", file);
    }

    /// <summary>Adds a file. Of an archive, what it packs.</summary>
    public void AddFile(string place, string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Add(place, Bytes(stream));
        if (Path.GetExtension(file) != ".zip")
            return;
        stream.Position = 0;
        using var archive = new ZipArchive(stream);
        foreach (var entry in archive.Entries)
        {
            using var content = entry.Open();
            Add($"{place}/{entry.FullName}", Bytes(content));
        }
    }

    /// <summary>Finds all canaries in one pass: the first four bytes of a form lead to it.</summary>
    public IReadOnlyList<Finding> Find(IEnumerable<Canary> canaries)
    {
        var starts = canaries
            .SelectMany(canary => canary.Forms.Select(form => (Form: form, Canary: canary)))
            .GroupBy(one => BinaryPrimitives.ReadUInt32LittleEndian(one.Form))
            .ToDictionary(group => group.Key, group => group.ToArray());
        var maybe = new BitArray(1 << 20);
        foreach (var start in starts.Keys)
            maybe[Slot(start)] = true;
        var found = new HashSet<Finding>();
        foreach (var (place, content) in _places)
            for (var at = 0; at + sizeof(uint) <= content.Length; at++)
            {
                var start = BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(at));
                if (maybe[Slot(start)] && starts.TryGetValue(start, out var candidates))
                    foreach (var (form, canary) in candidates)
                        if (content.AsSpan(at).StartsWith(form))
                            found.Add(new Finding(place, canary));
            }
        return [.. found];
    }

    private static int Slot(uint start) => (int)((start * 2_654_435_761) >> 12 & 0xFFFFF);

    private static byte[] Bytes(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
