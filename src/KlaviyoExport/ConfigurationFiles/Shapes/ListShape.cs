using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>A list of values of one shape.</summary>
internal sealed class ListShape<T>(Shape<T> item) : Shape<IReadOnlyList<T>>
{
    public int Least { get; init; }

    public int Most { get; init; } = 1_000;

    /// <summary>The names of the items, each of which may occur once. Null when they have none.</summary>
    public Func<T, ItemName>? NameOf { get; init; }

    /// <summary>The text that decides about the order in which the items are written. Null for their own order.</summary>
    public Func<T, string>? SortedBy { get; init; }

    public override bool TryRead(YamlNode node, FaultList faults, out IReadOnlyList<T> value)
    {
        var items = new List<T>();
        value = items;
        if (node is not YamlList list)
        {
            faults.Add(node.At, "ConfigurationFiles.ListWanted");
            return false;
        }
        if (list.Items.Count < Least || list.Items.Count > Most)
        {
            faults.Add(node.At, "ConfigurationFiles.ListLength", Least, Most);
            return false;
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var each in list.Items)
        {
            if (!item.TryRead(each, faults, out var read))
                continue;
            items.Add(read);
            if (NameOf?.Invoke(read) is { Text.Length: > 0 } name && !names.Add(name.Text))
                faults.Add(name.At, "ConfigurationFiles.NameTwice", name.Text);
        }
        return true;
    }

    public override YamlNode Write(IReadOnlyList<T> value) => new YamlList(Place.None, [.. InOrder(value).Select(item.Write)]);

    public override JsonObject Schema(SchemaParts parts)
    {
        var schema = new JsonObject
        {
            ["type"] = "array",
            ["items"] = item.Schema(parts),
            ["maxItems"] = Most,
        };
        if (Least > 0)
            schema["minItems"] = Least;
        return schema;
    }

    private IEnumerable<T> InOrder(IReadOnlyList<T> items) => SortedBy is null ? items : items.OrderBy(SortedBy, StringComparer.Ordinal);
}
