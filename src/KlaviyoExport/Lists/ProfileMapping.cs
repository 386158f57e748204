using System.Text;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Lists;

/// <summary>
/// Converts a profile to the JSON that Klaviyo receives, using the export's field mapping and its rules. It knows which phone numbers and
/// external ids are taken, because Klaviyo allows each of them once. Not thread-safe.
/// </summary>
internal sealed class ProfileMapping : IDisposable
{
    private static readonly MappedProfile NoEffects = new([], [], [], null);

    private readonly List<Column> _columns;
    private readonly HashIndex _taken = new();
    private readonly object?[] _values;
    private readonly ProfileWriter _writer;

    public ProfileMapping(Export export)
    {
        var zone = export.Connection?.TimeZone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : null;
        var country = export.Fields.Count + 1;
        _columns = export.Fields.ConvertAll(mapping => Of(export, mapping, zone, mapping.CountryField is null ? null : country++));
        _values = new object?[_columns.Count + 1];
        _writer = new ProfileWriter([ProfilePath.Email, .. export.Fields.Select(mapping => ProfilePath.Parse(mapping.Attribute))]);
    }

    /// <summary>Writes a profile. Its values are in the order of <see cref="Export.FieldsRead"/>.</summary>
    public MappedProfile Write(string email, Profile profile)
    {
        List<ValueEffect>? effects = null;
        List<Hash16>? identifiers = null;
        _values[0] = email;
        for (var index = 0; index < _columns.Count; index++)
        {
            var column = _columns[index];
            var (value, effect, rejection) = Value(column, profile, index + 1, ref identifiers);
            if (rejection is { } reason)
                return NoEffects with { Rejection = (reason, column.Mapping.Attribute) };
            if (effect is { } done)
                (effects ??= []).Add(new(column.Mapping.Attribute, done));
            _values[index + 1] = value;
        }
        return new MappedProfile(_writer.Write(_values), effects ?? NoEffects.Effects, identifiers ?? NoEffects.Identifiers, null);
    }

    /// <summary>
    /// Takes the identifiers of a profile that is sent or was delivered before. A later profile with one of them goes without it. Call it in
    /// the order of reading, so that in each run the same profile is the first.
    /// </summary>
    public void Claim(MappedProfile profile)
    {
        foreach (var identifier in profile.Identifiers)
            _taken.Add(identifier);
    }

    public void Dispose() => _writer.Dispose();

    private static Column Of(Export export, FieldMapping mapping, TimeZoneInfo? zone, int? country)
    {
        var field = export.Source!.Fields.Find(field => field.Name == mapping.Field);
        var type = field?.Type ?? FieldType.Text;
        return new Column(
            mapping,
            new FieldReader(mapping, type, field?.Format ?? FieldFormat.Standard, zone),
            FieldValue.IsEmpty(mapping.Default)
                ? null
                : new FieldReader(mapping, type, FieldFormat.Standard, zone).Read(mapping.Default!, null).Value,
            country
        );
    }

    private (object? Value, FieldEffect? Effect, RejectionReason? Rejection) Value(
        Column column,
        Profile profile,
        int place,
        ref List<Hash16>? identifiers
    )
    {
        var mapping = column.Mapping;
        var text = profile.Values[place];
        var country = column.Country is { } at ? profile.Values[at] : null;
        if (FieldValue.IsEmpty(text))
            return Missing(column);
        var reading = column.Reader.Read(text!, country);
        if (reading.Value is IReadOnlyList<string> { Count: 0 })
            return Missing(column);
        if (reading.IsInvalid)
            return LeaveOut(mapping, FieldEffect.Invalid, RejectionReason.InvalidField);
        if (mapping.IsIdentifier)
        {
            var hash = Hash16.OfContent(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{mapping.Attribute}\n{reading.Value}")));
            if (_taken.Contains(hash))
                return LeaveOut(mapping, FieldEffect.TakenInRun, RejectionReason.TakenIdentifier);
            (identifiers ??= []).Add(hash);
        }
        return (reading.Value, reading.IsRepaired ? FieldEffect.Repaired : null, null);
    }

    private static (object?, FieldEffect?, RejectionReason?) Missing(Column column) =>
        column.Default is { } value ? (value, FieldEffect.Defaulted, null)
        : column.Mapping.IsRequired ? (null, null, RejectionReason.MissingField)
        : (null, null, null);

    private static (object?, FieldEffect?, RejectionReason?) LeaveOut(FieldMapping mapping, FieldEffect effect, RejectionReason reason) =>
        mapping.RejectsInvalid ? (null, null, reason) : (null, effect, null);

    /// <param name="Default">The value of profiles whose field is empty. Null for none.</param>
    /// <param name="Country">The place of the country among the values of a profile. Null when the mapping names no field for it.</param>
    private sealed record Column(FieldMapping Mapping, FieldReader Reader, object? Default, int? Country);
}
