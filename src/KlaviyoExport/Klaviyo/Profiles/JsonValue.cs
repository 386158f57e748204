using System.Globalization;
using System.Text.Json;

namespace KlaviyoExport.Klaviyo;

/// <summary>Writes a value of a profile as JSON: in its own type, or as text that does not depend on the culture.</summary>
internal static class JsonValue
{
    /// <summary>Returns whether a value is null, blank text, an empty list, or a number that is not finite.</summary>
    public static bool IsEmpty(object? value) =>
        value switch
        {
            null or DBNull => true,
            string text => string.IsNullOrWhiteSpace(text),
            double number => !double.IsFinite(number),
            float number => !float.IsFinite(number),
            IReadOnlyList<string> items => items.Count == 0,
            _ => false,
        };

    /// <summary>Writes a value.</summary>
    /// <param name="typed">Whether to write numbers, Booleans and lists in their own type. When false, numbers and Booleans are written as text.</param>
    /// <exception cref="ArgumentException">The type of the value is not supported.</exception>
    public static void Write(Utf8JsonWriter json, object value, bool typed)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth when typed:
                json.WriteBooleanValue(truth);
                break;
            case sbyte or byte or short or ushort or int or uint or long when typed:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number when typed:
                json.WriteNumberValue(number);
                break;
            case decimal number when typed:
                json.WriteNumberValue(number);
                break;
            case double number when typed:
                json.WriteNumberValue(number);
                break;
            case float number when typed:
                json.WriteNumberValue(number);
                break;
            case IReadOnlyList<string> items when typed:
                json.WriteStartArray();
                foreach (var item in items)
                    json.WriteStringValue(item);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(TextOf(value));
                break;
        }
    }

    private static string TextOf(object value) =>
        value switch
        {
            bool truth => truth ? "true" : "false",
            DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
            DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            Guid id => id.ToString(),
            sbyte or byte or short or ushort or int or uint or long or ulong or decimal or double or float => (
                (IFormattable)value
            ).ToString(null, CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"A value of type {value.GetType().Name} cannot be written to a Klaviyo profile."),
        };
}
