using System.Buffers;
using System.Globalization;
using System.Text.Json;
using KlaviyoExport.Benchmarks.Customers;

namespace KlaviyoExport.Benchmarks.Bare;

/// <summary>Writes the bodies of imports as a short program would, with the same profiles and attributes as the product.</summary>
internal static class ImportBodies
{
    private const int MostBytes = 5_000_000;
    private const int MostProfiles = 10_000;

    // More than a profile of the benchmarks has.
    private const int ProfileBytes = 1_000;

    private static readonly string[] Numbers = ["properties.Orders", "properties.Total spent"];

    /// <summary>The fields by the object in which they are: position in the row, name, and whether it is a number.</summary>
    private static readonly List<(string Place, List<(int At, string Name, bool IsNumber)> Fields)> Places =
    [
        .. CustomerFields
            .Mappings.Select((mapping, at) => (At: at + 2, mapping.Attribute))
            .GroupBy(field => Split(field.Attribute).Place)
            .Select(place =>
                (place.Key, place.Select(field => (field.At, Split(field.Attribute).Name, Numbers.Contains(field.Attribute))).ToList())
            ),
    ];

    /// <param name="rows">Key, address and fields.</param>
    public static IEnumerable<(ReadOnlyMemory<byte> Body, int Profiles)> Of(IEnumerable<string[]> rows, int fields, string list)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var (bytes, profiles) = (new ArrayBufferWriter<byte>(1 << 20), 0);
        var json = Begin(bytes, list);
        foreach (var row in rows)
        {
            if (!row[1].Contains('@', StringComparison.Ordinal) || !seen.Add(row[1]))
                continue;
            if (profiles == MostProfiles || json.BytesCommitted + json.BytesPending + ProfileBytes > MostBytes)
            {
                yield return (End(bytes, json), profiles);
                (bytes, profiles) = (new ArrayBufferWriter<byte>(bytes.WrittenCount), 0);
                json = Begin(bytes, list);
            }
            Write(json, row, fields);
            profiles++;
        }
        if (profiles > 0)
            yield return (End(bytes, json), profiles);
    }

    private static Utf8JsonWriter Begin(ArrayBufferWriter<byte> bytes, string list)
    {
        var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteString("type", "profile-bulk-import-job");
        json.WriteStartObject("relationships");
        json.WriteStartObject("lists");
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteString("type", "list");
        json.WriteString("id", list);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("attributes");
        json.WriteStartObject("profiles");
        json.WriteStartArray("data");
        return json;
    }

    private static ReadOnlyMemory<byte> End(ArrayBufferWriter<byte> bytes, Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Dispose();
        return bytes.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, string[] row, int fields)
    {
        json.WriteStartObject();
        json.WriteString("type", "profile");
        json.WriteStartObject("attributes");
        json.WriteString("email", row[1]);
        if (fields > 0)
            WriteFields(json, row);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, string[] row)
    {
        foreach (var (place, fields) in Places)
        {
            if (place.Length > 0)
                json.WriteStartObject(place);
            foreach (var (at, name, isNumber) in fields)
            {
                if (isNumber)
                    json.WriteNumber(name, decimal.Parse(row[at], CultureInfo.InvariantCulture));
                else
                    json.WriteString(name, row[at]);
            }
            if (place.Length > 0)
                json.WriteEndObject();
        }
    }

    /// <summary>Returns the object in which an attribute is, or nothing, and its name there.</summary>
    private static (string Place, string Name) Split(string path) => path.Split('.') is [var place, var name] ? (place, name) : ("", path);
}
