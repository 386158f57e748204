using System.Text.Json.Nodes;

namespace KlaviyoExport.Tests.OpenApi;

/// <summary>
/// Converts an OpenAPI 3.0 schema to JSON Schema: references are replaced, <c>allOf</c> parts become one object, <c>nullable</c> becomes
/// a type, and objects allow no other members.
/// </summary>
internal static class SchemaRewrite
{
    private static readonly string[] Kept = ["type", "enum", "format", "minimum", "maximum", "minLength", "maxLength", "pattern"];

    public static JsonObject Resolve(JsonObject document, JsonObject node)
    {
        while (node["$ref"] is { } reference)
            node = ((string)reference!)[2..].Split('/').Aggregate((JsonNode)document, (at, name) => at[name]!).AsObject();
        return node;
    }

    public static JsonObject ToJsonSchema(JsonObject document, JsonObject schema, bool closed, bool sparse)
    {
        schema = Resolve(document, schema);
        if (schema["allOf"] is JsonArray parts)
            schema = Merge(document, parts.Select(p => p!.AsObject()));
        var result = new JsonObject();
        foreach (var name in Kept)
            if (schema[name] is { } kept)
                result[name] = kept.DeepClone();
        if (schema["items"] is JsonObject items)
            result["items"] = ToJsonSchema(document, items, closed, sparse);
        if (schema["oneOf"] is JsonArray choices)
            result["oneOf"] = new JsonArray([.. choices.Select(c => ToJsonSchema(document, c!.AsObject(), closed, sparse))]);
        if (schema["properties"] is JsonObject { Count: > 0 } properties)
        {
            result["properties"] = new JsonObject(
                properties.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)ToJsonSchema(document, p.Value!.AsObject(), closed, sparse)))
            );
            if (closed)
                result["additionalProperties"] = false;
        }
        if (!sparse && schema["required"] is JsonArray required)
            result["required"] = required.DeepClone();
        if ((bool?)schema["nullable"] == true)
            AllowNull(result);
        return result;
    }

    private static void AllowNull(JsonObject schema)
    {
        if (schema["type"] is { } type)
            schema["type"] = new JsonArray(type.DeepClone(), "null");
        (schema["enum"] as JsonArray)?.Add((JsonNode?)null);
    }

    private static JsonObject Merge(JsonObject document, IEnumerable<JsonObject> parts)
    {
        var merged = new JsonObject();
        foreach (var part in parts.Select(p => Resolve(document, p)))
        foreach (var (name, value) in part)
            merged[name] = Merged(document, name, merged[name], value!);
        return merged;
    }

    private static JsonNode Merged(JsonObject document, string name, JsonNode? present, JsonNode value) =>
        (present, value) switch
        {
            (JsonObject a, JsonObject b) when name == "properties" => new JsonObject(
                a.Select(p => p.Key)
                    .Union(b.Select(p => p.Key))
                    .Select(key =>
                        KeyValuePair.Create(
                            key,
                            (JsonNode?)(
                                a[key] is { } left && b[key] is { } right
                                    ? Merge(document, [left.AsObject(), right.AsObject()])
                                    : (a[key] ?? b[key])!.DeepClone()
                            )
                        )
                    )
            ),
            (JsonArray a, JsonArray b) when name == "required" => new JsonArray([
                .. a.Concat(b).Select(n => (string)n!).Distinct().Select(n => (JsonNode)n),
            ]),
            _ => value.DeepClone(),
        };
}
