using System.Text.Json;

namespace KlaviyoExport.Klaviyo.Wire;

internal static class RemovalBody
{
    public static byte[] For(IReadOnlyList<string> profileIds)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var id in profileIds)
            {
                json.WriteStartObject();
                json.WriteString("type", "profile");
                json.WriteString("id", id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return body.ToArray();
    }
}
