using System.Reflection;

namespace KlaviyoExport.Web.Pages.Help;

/// <summary>The files of docs/ that the assembly contains, named by their paths below docs/: "guides/quick-start.md".</summary>
internal static class HelpFiles
{
    private const string Folder = "docs/";
    private static readonly Assembly Assembly = typeof(HelpFiles).Assembly;

    public static IReadOnlyList<string> Paths { get; } =
    [
        .. Assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..])
            .Order(StringComparer.Ordinal),
    ];

    public static string Text(string path)
    {
        using var reader = new StreamReader(Open(path));
        return reader.ReadToEnd();
    }

    public static byte[] Bytes(string path)
    {
        using var stream = Open(path);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Stream Open(string path) =>
        Assembly.GetManifestResourceStream(Folder + path) ?? throw new FileNotFoundException("The assembly has no such document.", path);
}
