using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Xml.Linq;

namespace KlaviyoExport.Web.Pages.Help;

/// <summary>A picture of a document.</summary>
/// <param name="path">Of its file, below docs/.</param>
internal sealed class HelpPicture(string path, byte[] content)
{
    private readonly string _path = path;
    private readonly (int Width, int Height) _size = path.EndsWith(".svg", StringComparison.Ordinal)
        ? SizeOfSvg(content)
        : SizeOfPng(content);

    public byte[] Content { get; } = content;

    public string ContentType { get; } = path.EndsWith(".svg", StringComparison.Ordinal) ? "image/svg+xml" : "image/png";

    /// <summary>In CSS pixels, so that the text below does not move when the picture arrives.</summary>
    public int Width => _size.Width;

    public int Height => _size.Height;

    /// <summary>Changes with the content, so that browsers keep it for as long as it is the same.</summary>
    public string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(content))[..12];

    public string Address => $"help/pictures/{_path}?v={Version}";

    // A PNG begins with a signature of 8 bytes and its first chunk, IHDR: length, name, width, height.
    private static (int Width, int Height) SizeOfPng(ReadOnlySpan<byte> content) =>
        (BinaryPrimitives.ReadInt32BigEndian(content[16..]), BinaryPrimitives.ReadInt32BigEndian(content[20..]));

    private static (int Width, int Height) SizeOfSvg(byte[] content)
    {
        using var stream = new MemoryStream(content);
        var root = XDocument.Load(stream).Root!;
        return (Number(root, "width"), Number(root, "height"));
    }

    private static int Number(XElement root, string name) => int.Parse(root.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
