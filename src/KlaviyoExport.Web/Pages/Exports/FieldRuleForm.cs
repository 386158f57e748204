using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>The form of the rules of a field mapping.</summary>
public sealed class FieldRuleForm
{
    private const string Comma = ",";

    public bool IsRequired { get; set; }

    public string? Default { get; set; }

    public bool Trims { get; set; } = true;

    public MappedType Type { get; set; }

    public string Separator { get; set; } = Comma;

    /// <summary>Empty for none.</summary>
    public string CountryField { get; set; } = "";

    /// <summary>Empty for none.</summary>
    public string Region { get; set; } = "";

    public WhenInvalid WhenInvalid { get; set; }

    public static FieldRuleForm Of(FieldMapping mapping) =>
        new()
        {
            IsRequired = mapping.IsRequired,
            Default = mapping.Default,
            Trims = mapping.Trims,
            Type = mapping.Type,
            Separator = mapping.Separator,
            CountryField = mapping.CountryField ?? "",
            Region = mapping.Region ?? "",
            WhenInvalid = mapping.WhenInvalid,
        };

    /// <summary>Returns the mapping with these rules. Rules that do not apply to its attribute or type are left out.</summary>
    public FieldMapping On(FieldMapping mapping) =>
        mapping with
        {
            IsRequired = IsRequired,
            Default = mapping.IsIdentifier || string.IsNullOrWhiteSpace(Default) ? null : Default,
            Trims = Trims,
            Type = mapping.IsPhone ? MappedType.AsSource : Type,
            Separator = Type == MappedType.List ? Separator : Comma,
            CountryField = mapping.IsPhone && CountryField.Length > 0 ? CountryField : null,
            Region = mapping.IsPhone && Region.Length > 0 ? Region : null,
            WhenInvalid = WhenInvalid,
        };

    /// <summary>The types that an attribute can have: a list only fits a custom property.</summary>
    public static IEnumerable<MappedType> TypesOf(string attribute) =>
        Enum.GetValues<MappedType>()
            .Where(type => type != MappedType.List || attribute.StartsWith(MappingRow.Property, StringComparison.Ordinal));

    /// <summary>Whether an attribute is the phone number.</summary>
    public static bool IsPhone(string attribute) => attribute == ProfilePath.PhoneNumber.Path;

    /// <summary>Whether an attribute identifies a profile in Klaviyo, so that it cannot have a default.</summary>
    public static bool IsIdentifier(string attribute) => IsPhone(attribute) || attribute == ProfilePath.ExternalId.Path;
}
