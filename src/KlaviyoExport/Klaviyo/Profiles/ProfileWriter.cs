using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Writes profiles as JSON for a bulk import. Create one writer for a mapping, and then write the values of each row in the order of the
/// mapping. The same values always give the same bytes. Empty values (null, blank text, or a number that is not finite) are left out,
/// because an import cannot clear an attribute. Not thread-safe.
/// </summary>
public sealed class ProfileWriter : IDisposable
{
    // Only a JSON parser reads the body, never a browser. Escaped Cyrillic text would be three times as long.
    internal static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly Column[] _profile;
    private readonly Column[] _location;
    private readonly Column[] _properties;
    private readonly int _count;

    /// <summary>Creates a writer for a mapping.</summary>
    /// <param name="paths">The path of each value, in the order of the values.</param>
    /// <exception cref="ArgumentException">A path occurs more than once.</exception>
    public ProfileWriter(IReadOnlyList<ProfilePath> paths)
    {
        if (paths.GroupBy(path => path).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"The path '{twice.Key}' is mapped more than once.", nameof(paths));
        _json = new(_buffer, Relaxed);
        _count = paths.Count;
        _profile = Columns(paths, ProfilePlace.Profile);
        _location = Columns(paths, ProfilePlace.Location);
        _properties = Columns(paths, ProfilePlace.Property);
    }

    /// <summary>Returns one profile as JSON in UTF-8.</summary>
    /// <param name="values">One value for each path: text, a number, a Boolean, a date or time, a Guid, a list of texts (in a property) or null.</param>
    /// <exception cref="ArgumentException">
    /// The number of values differs from the number of paths, or the type of a value is not supported.
    /// </exception>
    public byte[] Write(params ReadOnlySpan<object?> values)
    {
        if (values.Length != _count)
            throw new ArgumentException($"{_count} paths are mapped, {values.Length} values given.", nameof(values));
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("type"u8, "profile"u8);
        _json.WriteStartObject("attributes"u8);
        WriteColumns(_profile, values);
        WriteObject("location"u8, _location, values);
        WriteObject("properties"u8, _properties, values);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private static Column[] Columns(IReadOnlyList<ProfilePath> paths, ProfilePlace place) =>
        [
            .. paths
                .Select((path, index) => (path, index))
                .Where(column => column.path.Place == place)
                .OrderBy(column => OrderOf(column.path))
                .ThenBy(column => column.path.Name, StringComparer.Ordinal)
                .Select(column => new Column(
                    column.index,
                    JsonEncodedText.Encode(column.path.Name, Relaxed.Encoder),
                    place == ProfilePlace.Property
                )),
        ];

    private static int OrderOf(ProfilePath path)
    {
        for (var place = 0; place < ProfilePath.Standard.Count; place++)
            if (ProfilePath.Standard[place] == path)
                return place;
        return ProfilePath.Standard.Count;
    }

    private void WriteObject(ReadOnlySpan<byte> name, Column[] columns, ReadOnlySpan<object?> values)
    {
        foreach (var column in columns)
        {
            if (JsonValue.IsEmpty(values[column.Index]))
                continue;
            _json.WriteStartObject(name);
            WriteColumns(columns, values);
            _json.WriteEndObject();
            return;
        }
    }

    private void WriteColumns(Column[] columns, ReadOnlySpan<object?> values)
    {
        foreach (var column in columns)
        {
            if (JsonValue.IsEmpty(values[column.Index]))
                continue;
            _json.WritePropertyName(column.Name);
            JsonValue.Write(_json, values[column.Index]!, typed: column.Typed);
        }
    }

    /// <param name="Typed">
    /// Whether numbers and Booleans are written in their own type, as in custom properties. In standard attributes they are text.
    /// </param>
    private sealed record Column(int Index, JsonEncodedText Name, bool Typed);
}
