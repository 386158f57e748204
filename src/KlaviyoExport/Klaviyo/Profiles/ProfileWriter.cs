using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Writes one profile after another as the JSON a bulk import takes. Made once for a mapping, then given each row's values in the mapping's
/// order; the same values always give the same bytes. An empty value (null, blank text, not a number) is left out, for an import cannot
/// clear. Not thread-safe.
/// </summary>
public sealed class ProfileWriter : IDisposable
{
    // The body is read by a JSON parser only, never by a browser, and escaped Cyrillic would be three times as long.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly Column[] _profile;
    private readonly Column[] _location;
    private readonly Column[] _properties;
    private readonly int _count;

    /// <param name="paths">Where the value at each place goes.</param>
    /// <exception cref="ArgumentException">Two values go to the same path.</exception>
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

    /// <summary>One profile as JSON.</summary>
    /// <param name="values">Text, numbers, truth values, dates and times, Guids or null, one for each path.</param>
    /// <exception cref="ArgumentException">Another number of values than of paths, or a value of another type.</exception>
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

    /// <param name="Typed">A custom property keeps numbers and truth values as such; Klaviyo's own paths are text.</param>
    private sealed record Column(int Index, JsonEncodedText Name, bool Typed);
}
