using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>Validates the rules of field mappings. The first fault is reported.</summary>
internal static class FieldRules
{
    private const int LongestDefault = 500;
    private const int LongestSeparator = 10;

    /// <returns>The fault, or null.</returns>
    public static LocalizedMessage? Fault(FieldMapping mapping, Source source)
    {
        if (mapping.CountryField is { } country && source.Fields.TrueForAll(field => field.Name != country))
            return new LocalizedMessage("Exports.FieldGone", country, source.Name);
        if (mapping.Region is { } region && !PhoneNumber.IsRegion(region))
            return new LocalizedMessage("Exports.RegionUnknown", region, mapping.Attribute);
        if (mapping.Type == MappedType.List && !IsProperty(mapping))
            return new LocalizedMessage("Exports.ListNotInProperty", mapping.Attribute);
        if (mapping.Type == MappedType.List && mapping.Separator is not { Length: > 0 and <= LongestSeparator })
            return new LocalizedMessage("Exports.SeparatorWrong", mapping.Attribute, LongestSeparator);
        return FieldValue.IsEmpty(mapping.Default) ? null : DefaultFault(mapping, source, mapping.Default!);
    }

    private static LocalizedMessage? DefaultFault(FieldMapping mapping, Source source, string value)
    {
        if (mapping.IsIdentifier)
            return new LocalizedMessage("Exports.DefaultOfIdentifier", mapping.Attribute);
        var type = source.Fields.Find(field => field.Name == mapping.Field)?.Type ?? FieldType.Text;
        return value.Length > LongestDefault || new FieldReader(mapping, type, FieldFormat.Standard, null).Read(value, null).IsInvalid
            ? new LocalizedMessage("Exports.DefaultInvalid", value, mapping.Attribute)
            : null;
    }

    private static bool IsProperty(FieldMapping mapping) =>
        ProfilePath.TryParse(mapping.Attribute, out var path) && path.Place == ProfilePlace.Property;
}
