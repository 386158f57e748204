using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>
/// Merges new attributes into those of a profile: attributes that are not given are kept; location and properties are merged by key.
/// </summary>
internal static class AttributeMerge
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="present">The stored JSON object. Empty for a new profile.</param>
    /// <param name="profile">The resource object of the request.</param>
    /// <param name="nullClears">Whether null clears a field (single upsert) or is ignored (bulk import).</param>
    public static ReadOnlyMemory<byte> Merge(ReadOnlyMemory<byte> present, JsonElement profile, bool nullClears)
    {
        var merged = present.IsEmpty ? [] : JsonNode.Parse(present.Span)!.AsObject();
        foreach (var attribute in profile.GetProperty("attributes").EnumerateObject())
        {
            if (ProfileAttributes.Identifiers.Contains(attribute.Name))
                continue;
            if (attribute.Value.ValueKind == JsonValueKind.Object)
                MergeInto(merged, attribute, nullClears);
            else
                Set(merged, attribute, nullClears);
        }
        if (profile.TryGetProperty("meta", out var meta) && meta.TryGetProperty("patch_properties", out var patch))
            Patch(merged, patch);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Compact))
            merged.WriteTo(json);
        return buffer.WrittenMemory;
    }

    private static void MergeInto(JsonObject merged, JsonProperty attribute, bool nullClears)
    {
        if (merged[attribute.Name] is not JsonObject inner)
            merged[attribute.Name] = inner = [];
        foreach (var part in attribute.Value.EnumerateObject())
            Set(inner, part, nullClears);
    }

    private static void Set(JsonObject into, JsonProperty value, bool nullClears)
    {
        if (value.Value.ValueKind != JsonValueKind.Null)
            into[value.Name] = JsonNode.Parse(value.Value.GetRawText());
        else if (nullClears)
            into.Remove(value.Name);
    }

    private static void Patch(JsonObject merged, JsonElement patch)
    {
        if (merged["properties"] is not JsonObject properties)
            merged["properties"] = properties = [];
        if (patch.TryGetProperty("unset", out var unset))
            foreach (
                var name in unset.ValueKind == JsonValueKind.Array
                    ? unset.EnumerateArray().Select(v => v.GetString()!)
                    : [unset.GetString()!]
            )
                properties.Remove(name);
        foreach (var (name, value) in Members(patch, "append"))
        {
            if (properties[name] is not JsonArray array)
                properties[name] = array = properties[name] is { } one ? [one.DeepClone()] : [];
            if (!array.Any(item => JsonNode.DeepEquals(item, value)))
                array.Add(value);
        }
        foreach (var (name, value) in Members(patch, "unappend"))
            if (properties[name] is JsonArray array)
                array.RemoveAll(item => JsonNode.DeepEquals(item, value));
    }

    private static IEnumerable<(string Name, JsonNode? Value)> Members(JsonElement patch, string name) =>
        patch.TryGetProperty(name, out var members) && members.ValueKind == JsonValueKind.Object
            ? members.EnumerateObject().Select(m => (m.Name, JsonNode.Parse(m.Value.GetRawText())))
            : [];
}
