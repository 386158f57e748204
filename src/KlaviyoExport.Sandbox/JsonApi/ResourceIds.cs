using System.Text.Json;

namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>Reads an array of resource identifiers: <c>[{"type":"profile","id":"…"}]</c>.</summary>
internal static class ResourceIds
{
    public static List<string> Read(JsonElement items, string type, string pointer, List<ApiError> errors)
    {
        var ids = new List<string>();
        var index = 0;
        foreach (var item in items.EnumerateArray())
        {
            var at = FormattableString.Invariant($"{pointer}/{index++}");
            if (item.ValueKind != JsonValueKind.Object)
                errors.Add(ApiError.Invalid("Not a valid object.", at));
            else if (Text(item, "type") != type)
                errors.Add(ApiError.Invalid($"The resource type must be '{type}'.", $"{at}/type"));
            else if (Text(item, "id") is not { Length: > 0 } id)
                errors.Add(ApiError.Invalid("This field is required.", $"{at}/id"));
            else
                ids.Add(id);
        }
        return ids;
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
