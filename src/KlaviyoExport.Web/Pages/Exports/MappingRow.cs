using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>One further field while it is being mapped: one of Klaviyo's attributes, or a property with a name of its own.</summary>
public sealed class MappingRow
{
    /// <summary>Stands in <see cref="Attribute"/> for a property.</summary>
    public const string Property = "properties.";

    public string Field { get; set; } = "";

    /// <summary>A path of <see cref="ProfilePath.Standard"/>, or <see cref="Property"/>.</summary>
    public string Attribute { get; set; } = Property;

    public string PropertyName { get; set; } = "";

    public bool IsComplete => Field.Length > 0 && (Attribute != Property || !string.IsNullOrWhiteSpace(PropertyName));

    public static MappingRow Of(FieldMapping mapping)
    {
        var isProperty = mapping.Attribute.StartsWith(Property, StringComparison.Ordinal);
        return new MappingRow
        {
            Field = mapping.Field,
            Attribute = isProperty ? Property : mapping.Attribute,
            PropertyName = isProperty ? mapping.Attribute[Property.Length..] : "",
        };
    }

    /// <summary>Maps a field to the attribute of the same name ("First name" to first_name), else to a property of its name.</summary>
    public void Choose(string field)
    {
        Field = field;
        var plain = Plain(field);
        var same = ProfilePath.Standard.FirstOrDefault(path =>
            path != ProfilePath.Email && Plain(path.Path[(path.Path.LastIndexOf('.') + 1)..]) == plain
        );
        (Attribute, PropertyName) = (same?.Path ?? Property, same is null ? field : "");
    }

    public FieldMapping ToMapping() => new(Field, Attribute == Property ? Property + PropertyName.Trim() : Attribute);

    private static string Plain(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}
