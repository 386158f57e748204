using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>A text that is not empty.</summary>
/// <param name="most">The maximum number of characters.</param>
/// <param name="trims">Whether white space around it is removed.</param>
internal sealed class TextShape(int most, bool trims = true) : Shape<string>
{
    public override bool TryRead(YamlNode node, FaultList faults, out string value)
    {
        if (!TryText(node, faults, out value))
            return false;
        if (trims)
            value = value.Trim();
        if (value.Length > 0 && value.Length <= most)
            return true;
        faults.Add(node.At, "ConfigurationFiles.TextLength", most);
        return false;
    }

    public override YamlNode Write(string value) => YamlScalar.Quoted(value);

    public override JsonObject Schema(SchemaParts parts) =>
        new()
        {
            ["type"] = "string",
            ["minLength"] = 1,
            ["maxLength"] = most,
        };
}

/// <summary>The name of an item, with its place in the file.</summary>
internal sealed class NameShape : Shape<ItemName>
{
    private static readonly TextShape Text = new(100);

    public override bool TryRead(YamlNode node, FaultList faults, out ItemName value)
    {
        var isRead = Text.TryRead(node, faults, out var text);
        value = new ItemName(text, node.At);
        return isRead;
    }

    public override YamlNode Write(ItemName value) => Text.Write(value.Text);

    public override JsonObject Schema(SchemaParts parts) => Text.Schema(parts);
}

/// <summary>The name of an item in a file.</summary>
internal readonly record struct ItemName(string Text, Place At)
{
    public static implicit operator ItemName(string text) => new(text, Place.None);

    public override string ToString() => Text;
}
