using System.Globalization;
using System.Text.Json;

namespace KlaviyoExport.Sandbox.JsonApi;

internal static class JsonApiWriting
{
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } value)
            json.WriteString(name, Format(value));
        else
            json.WriteNull(name);
    }

    /// <summary>Klaviyo's format: UTC, whole seconds, <c>+00:00</c>.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'", CultureInfo.InvariantCulture);

    public static void WriteStringOrNull(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
            json.WriteNull(name);
        else
            json.WriteString(name, value);
    }

    public static void WriteSelf(this Utf8JsonWriter json, string self)
    {
        json.WriteStartObject("links");
        json.WriteString("self", self);
        json.WriteEndObject();
    }

    /// <summary>Writes a relationship with a link and without data.</summary>
    public static void WriteRelationship(this Utf8JsonWriter json, string name, string owner)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("links");
        json.WriteString("self", $"{owner}/relationships/{name}/");
        json.WriteString("related", $"{owner}/{name}/");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
