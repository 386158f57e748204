using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>The form of a field mapping, to a Klaviyo attribute or to a custom property.</summary>
public sealed class MappingRow
{
    /// <summary>The value of <see cref="Attribute"/> for a custom property.</summary>
    public const string Property = "properties.";

    public string Field { get; set; } = "";

    /// <summary>The path of one of <see cref="ProfilePath.Standard"/>, or <see cref="Property"/>.</summary>
    public string Attribute { get; set; } = Property;

    public string PropertyName { get; set; } = "";

    public FieldRuleForm Rules { get; private init; } = new();

    public bool IsComplete => Field.Length > 0 && (Attribute != Property || !string.IsNullOrWhiteSpace(PropertyName));

    public static MappingRow Of(FieldMapping mapping)
    {
        var isProperty = mapping.Attribute.StartsWith(Property, StringComparison.Ordinal);
        return new MappingRow
        {
            Field = mapping.Field,
            Attribute = isProperty ? Property : mapping.Attribute,
            PropertyName = isProperty ? mapping.Attribute[Property.Length..] : "",
            Rules = FieldRuleForm.Of(mapping),
        };
    }

    /// <summary>
    /// Maps a field to the attribute of the same name ("First name" to first_name), else to a custom property with its name.
    /// </summary>
    public void Choose(string field)
    {
        Field = field;
        var plain = Plain(field);
        var same = ProfilePath.Standard.FirstOrDefault(path =>
            path != ProfilePath.Email && Plain(path.Path[(path.Path.LastIndexOf('.') + 1)..]) == plain
        );
        (Attribute, PropertyName) = (same?.Path ?? Property, same is null ? field : "");
    }

    public FieldMapping ToMapping() => Rules.On(new(Field, Attribute == Property ? Property + PropertyName.Trim() : Attribute));

    private static string Plain(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}
