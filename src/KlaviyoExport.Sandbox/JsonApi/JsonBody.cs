using System.Text.Json;

namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>Reads small request bodies.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static ApiError Malformed(string why) =>
        new(400, "parse_error", "Malformed request.", $"JSON parse error - {why}") { Pointer = "/data" };

    /// <exception cref="Refusal">400 when it is not one JSON object.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var document = ParseStrictly(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
        }
        catch (JsonException e)
        {
            throw new Refusal(Malformed(e.Message));
        }
        throw new Refusal(Malformed("an object is expected"));
    }

    /// <summary>Rejects duplicate names and invalid Unicode, so that later code need not check for them.</summary>
    /// <exception cref="JsonException">The body is not valid JSON.</exception>
    public static JsonDocument ParseStrictly(ReadOnlyMemory<byte> json)
    {
        var document = JsonDocument.Parse(json, Strict);
        try
        {
            ReadAllText(document.RootElement);
            return document;
        }
        catch (InvalidOperationException e)
        {
            document.Dispose();
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>Returns the <c>data</c> of the body, which must have the given type and only the given members.</summary>
    public static JsonElement Resource(JsonDocument document, string type, params ReadOnlySpan<string> members)
    {
        var data = Member(document.RootElement, "data", "/data", JsonValueKind.Object);
        foreach (var member in document.RootElement.EnumerateObject())
            if (member.Name != "data")
                throw new Refusal(ApiError.Invalid($"'{member.Name}' is not a valid field here.", $"/{member.Name}"));
        foreach (var member in data.EnumerateObject())
            if (member.Name != "type" && !members.Contains(member.Name))
                throw new Refusal(
                    ApiError.Invalid($"'{member.Name}' is not a valid field for the resource '{type}'.", $"/data/{member.Name}")
                );
        if (Member(data, "type", "/data/type", JsonValueKind.String).GetString() != type)
            throw new Refusal(ApiError.Invalid($"The resource type must be '{type}'.", "/data/type"));
        return data;
    }

    public static JsonElement Member(JsonElement parent, string name, string pointer, JsonValueKind kind) =>
        !parent.TryGetProperty(name, out var value) ? throw new Refusal(ApiError.Invalid("This field is required.", pointer))
        : value.ValueKind != kind ? throw new Refusal(ApiError.Invalid($"Not a valid {kind.ToString().ToLowerInvariant()}.", pointer))
        : value;

    private static void ReadAllText(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            value.GetString();
        else if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray())
                ReadAllText(item);
        else if (value.ValueKind == JsonValueKind.Object)
            foreach (var member in value.EnumerateObject())
            {
                _ = member.Name;
                ReadAllText(member.Value);
            }
    }
}
