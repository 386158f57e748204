using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>Compares items by what a file says of them, so nothing that a file can describe is overlooked.</summary>
internal static class Differences
{
    /// <summary>Returns the properties that differ, in the order of the file.</summary>
    public static IReadOnlyList<PropertyChange> Between<T>(ItemShape<T> shape, T? old, T @new)
        where T : class =>
        old is null
            ? [.. Compare("", null, shape.Write(@new, withDefaults: false))]
            : [.. Compare("", shape.Write(old, withDefaults: true), shape.Write(@new, withDefaults: true))];

    private static IEnumerable<PropertyChange> Compare(string path, YamlNode? old, YamlNode? @new)
    {
        // What is written on one line, such as a reference to a secret, is shown as a whole.
        if (IsGroup(old) && IsGroup(@new))
        {
            var keys = EntriesOf(old).Concat(EntriesOf(@new)).Select(entry => entry.Key).Distinct();
            return keys.SelectMany(key => Compare(path.Length == 0 ? key : $"{path}.{key}", Find(old, key), Find(@new, key)));
        }
        var (before, after) = (Text(old), Text(@new));
        return before == after ? [] : [new PropertyChange(path, before, after)];
    }

    private static bool IsGroup(YamlNode? node) => node is null or YamlMap { IsInline: false };

    private static IReadOnlyList<YamlEntry> EntriesOf(YamlNode? node) => node is YamlMap map ? map.Entries : [];

    private static YamlNode? Find(YamlNode? node, string key) => node is YamlMap map ? map.Find(key) : null;

    private static string? Text(YamlNode? node) => node is null ? null : YamlWriter.Line(node);
}
