using System.Text.Json;

namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>Writes the body of a change of list members.</summary>
internal static class ProfileIdsBody
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
