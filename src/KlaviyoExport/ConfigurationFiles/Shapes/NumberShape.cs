using System.Globalization;
using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>A whole number between two limits.</summary>
internal sealed class WholeShape(int least, int most) : Shape<int>
{
    public override bool TryRead(YamlNode node, FaultList faults, out int value)
    {
        value = 0;
        if (!TryText(node, faults, out var text))
            return false;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= least && value <= most)
            return true;
        faults.Add(node.At, "ConfigurationFiles.WholeWanted", least, most);
        return false;
    }

    public override YamlNode Write(int value) => YamlScalar.Plain(value.ToString(CultureInfo.InvariantCulture));

    public override JsonObject Schema(SchemaParts parts) =>
        new()
        {
            ["type"] = "integer",
            ["minimum"] = least,
            ["maximum"] = most,
        };
}

/// <summary>A number between two limits.</summary>
internal sealed class NumberShape(double least, double most) : Shape<double>
{
    public override bool TryRead(YamlNode node, FaultList faults, out double value)
    {
        value = 0;
        if (!TryText(node, faults, out var text))
            return false;
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out value) && value >= least && value <= most)
            return true;
        faults.Add(node.At, "ConfigurationFiles.NumberWanted", (decimal)least, (decimal)most);
        return false;
    }

    public override YamlNode Write(double value) => YamlScalar.Plain(value.ToString("R", CultureInfo.InvariantCulture));

    public override JsonObject Schema(SchemaParts parts) =>
        new()
        {
            ["type"] = "number",
            ["minimum"] = least,
            ["maximum"] = most,
        };
}
