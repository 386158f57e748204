using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources;

/// <summary>Writes key columns as a JSON list of their names.</summary>
internal sealed class KeyColumnsJson : JsonConverter<KeyColumns>
{
    public override KeyColumns Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        KeyColumns.Of(JsonSerializer.Deserialize<string[]>(ref reader, options) ?? []);

    public override void Write(Utf8JsonWriter writer, KeyColumns value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.ToArray(), options);
}
