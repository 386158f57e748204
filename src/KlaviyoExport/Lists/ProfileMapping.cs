using System.Globalization;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Lists;

/// <summary>Converts a profile to the JSON that Klaviyo receives, using the export's field mapping. Not thread-safe.</summary>
internal sealed class ProfileMapping : IDisposable
{
    private readonly FieldType[] _types;
    private readonly object?[] _values;
    private readonly ProfileWriter _writer;

    public ProfileMapping(Export export)
    {
        _types =
        [
            FieldType.Text,
            .. export.Fields.Select(mapping => export.Source!.Fields.Find(field => field.Name == mapping.Field)?.Type ?? FieldType.Text),
        ];
        _values = new object?[_types.Length];
        _writer = new ProfileWriter([ProfilePath.Email, .. export.Fields.Select(mapping => ProfilePath.Parse(mapping.Attribute))]);
    }

    /// <summary>Writes the profile as in a request body.</summary>
    public byte[] Write(string email, Profile profile)
    {
        _values[0] = email;
        for (var index = 1; index < _values.Length; index++)
            _values[index] = Typed(profile.Values[index], _types[index]);
        return _writer.Write(_values);
    }

    public void Dispose() => _writer.Dispose();

    // A value that does not match the type of its column is sent as text, not dropped.
    private static object? Typed(string? value, FieldType type) =>
        value is null
            ? null
            : type switch
            {
                FieldType.WholeNumber
                    when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
                FieldType.Number when decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
                FieldType.YesNo when bool.TryParse(value, out var truth) => truth,
                _ => value,
            };
}
