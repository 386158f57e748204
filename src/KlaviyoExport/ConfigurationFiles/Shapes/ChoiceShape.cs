using System.Text.Json;
using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>One of several words.</summary>
internal sealed class ChoiceShape<T>(IReadOnlyList<(string Word, T Value)> choices) : Shape<T>
{
    public override bool TryRead(YamlNode node, FaultList faults, out T value)
    {
        value = choices[0].Value;
        if (!TryText(node, faults, out var text))
            return false;
        foreach (var choice in choices)
        {
            value = choice.Value;
            if (choice.Word == text)
                return true;
        }
        var words = choices.Select(choice => choice.Word).ToList();
        if (Nearest.To(text, words) is { } near)
            faults.Add(node.At, "ConfigurationFiles.WordNear", text, near, string.Join(", ", words));
        else
            faults.Add(node.At, "ConfigurationFiles.WordUnknown", text, string.Join(", ", words));
        return false;
    }

    public override YamlNode Write(T value) =>
        YamlScalar.Quoted(choices.First(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Word);

    public override JsonObject Schema(SchemaParts parts) =>
        new() { ["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice.Word)]) };
}

internal static class ChoiceShape
{
    /// <summary>The names of an enum with a small first letter.</summary>
    public static ChoiceShape<T> Of<T>(params T[] without)
        where T : struct, Enum => new([.. Enum.GetValues<T>().Except(without).Select(value => (WordOf(value), value))]);

    public static ChoiceShape<string> Of(IEnumerable<string> words) => new([.. words.Select(word => (word, word))]);

    public static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
