using System.Globalization;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>Describes the rules of a field mapping in the reader's language.</summary>
internal sealed class FieldRuleTexts(IStringLocalizer<Texts> texts)
{
    /// <summary>Returns the rules that differ from the defaults. Empty when none does.</summary>
    public string Of(FieldMapping mapping) => string.Join(", ", Parts(mapping));

    /// <summary>Returns the mapping with its rules: "phone → phone_number (required)".</summary>
    public string Whole(FieldMapping mapping) =>
        Of(mapping) is { Length: > 0 } rules
            ? $"{mapping.Field} → {mapping.Attribute} ({rules})"
            : $"{mapping.Field} → {mapping.Attribute}";

    private IEnumerable<string> Parts(FieldMapping mapping)
    {
        if (mapping.IsRequired)
            yield return texts["Rule.Required"];
        if (mapping.Type == MappedType.List)
            yield return texts["Rule.List", mapping.Separator];
        else if (mapping.Type != MappedType.AsSource)
            yield return texts[$"MappedType.{mapping.Type}"];
        if (mapping.Default is { } standard)
            yield return texts["Rule.Default", standard];
        if (!mapping.Trims)
            yield return texts["Rule.NotTrimmed"];
        if (mapping.CountryField is { } field)
            yield return texts["Rule.CountryField", field];
        if (mapping.Region is { } region)
            yield return texts["Rule.Region", Countries.NameOf(region, CultureInfo.CurrentUICulture)];
        if (mapping is { IsRequired: false, WhenInvalid: WhenInvalid.Reject })
            yield return texts["Rule.Rejects"];
    }
}
