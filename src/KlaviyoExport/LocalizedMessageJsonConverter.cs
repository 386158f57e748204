using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlaviyoExport;

/// <summary>
/// Writes a message as a JSON array, for example ["Delivery.OverCap", 100001, 100000]. A <see cref="DateTimeOffset"/> is written as an
/// object, so that it is not read back as text.
/// </summary>
internal sealed class LocalizedMessageJsonConverter : JsonConverter<LocalizedMessage>
{
    public override LocalizedMessage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var items = document.RootElement.EnumerateArray().ToList();
        return new LocalizedMessage(items[0].GetString()!, [.. items.Skip(1).Select(ReadArgument)]);
    }

    public override void Write(Utf8JsonWriter writer, LocalizedMessage value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Code);
        foreach (var argument in value.Arguments)
            WriteArgument(writer, argument, options);
        writer.WriteEndArray();
    }

    private static object? ReadArgument(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDecimal(),
            JsonValueKind.Object => element.GetProperty("at").GetDateTimeOffset(),
            JsonValueKind.Array => element.Deserialize<LocalizedMessage>(),
            _ => null,
        };

    private void WriteArgument(Utf8JsonWriter writer, object? argument, JsonSerializerOptions options)
    {
        switch (argument)
        {
            case null:
                writer.WriteNullValue();
                break;
            case int or long:
                writer.WriteNumberValue(Convert.ToInt64(argument, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue((decimal)number);
                break;
            case DateTimeOffset at:
                writer.WriteStartObject();
                writer.WriteString("at", at);
                writer.WriteEndObject();
                break;
            case LocalizedMessage inner:
                Write(writer, inner, options);
                break;
            default:
                writer.WriteStringValue(argument.ToString());
                break;
        }
    }
}
