using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>true or false.</summary>
internal sealed class YesNoShape : Shape<bool>
{
    public override bool TryRead(YamlNode node, FaultList faults, out bool value)
    {
        value = false;
        if (!TryText(node, faults, out var text))
            return false;
        value = text == "true";
        if (text is "true" or "false")
            return true;
        faults.Add(node.At, "ConfigurationFiles.TrueFalseWanted");
        return false;
    }

    public override YamlNode Write(bool value) => YamlScalar.Plain(value ? "true" : "false");

    public override JsonObject Schema(SchemaParts parts) => new() { ["type"] = "boolean" };
}
