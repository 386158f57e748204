using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>
/// The form of a value in a configuration file. The same definition reads it, writes it and describes it to editors, so that the three
/// cannot differ.
/// </summary>
internal abstract class Shape<T>
{
    /// <summary>Reads a value and adds all of its faults.</summary>
    /// <returns>Whether there is a value. A value with faults in its parts is returned too, so that more faults can be found.</returns>
    public abstract bool TryRead(YamlNode node, FaultList faults, out T value);

    public abstract YamlNode Write(T value);

    public abstract JsonObject Schema(SchemaParts parts);

    /// <summary>Returns the text of a scalar. Adds a fault when it is something else or nothing.</summary>
    protected static bool TryText(YamlNode node, FaultList faults, out string text)
    {
        text = "";
        if (node is not YamlScalar scalar)
            faults.Add(node.At, "ConfigurationFiles.TextWanted");
        else if (scalar.IsNothing)
            faults.Add(node.At, "ConfigurationFiles.ValueMissing");
        else
            text = scalar.Text;
        return node is YamlScalar { IsNothing: false };
    }
}
