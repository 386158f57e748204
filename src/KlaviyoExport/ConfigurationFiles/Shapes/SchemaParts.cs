using System.Text.Json.Nodes;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>The named parts of a JSON Schema. A part can refer to itself.</summary>
internal sealed class SchemaParts
{
    private readonly SortedDictionary<string, JsonObject?> _parts = new(StringComparer.Ordinal);

    /// <summary>Returns a reference to a part, which is created when it is first asked for.</summary>
    public JsonObject Reference(string name, Func<JsonObject> create)
    {
        if (_parts.TryAdd(name, null))
            _parts[name] = create();
        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    public JsonObject ToJson() => new(_parts.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Value)));
}
