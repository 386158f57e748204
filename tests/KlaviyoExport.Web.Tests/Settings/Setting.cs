using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace KlaviyoExport.Web.Tests.Settings;

/// <summary>A setting: a property of an options class.</summary>
/// <param name="Section">The section, such as <c>Klaviyo:Retry</c>. Empty for a setting without a section.</param>
/// <param name="Property">The property.</param>
/// <param name="Default">The value in a new instance.</param>
internal sealed record Setting(string Section, PropertyInfo Property, object? Default)
{
    private bool IsList => Property.PropertyType != typeof(string) && Property.PropertyType.IsAssignableTo(typeof(IEnumerable));

    private Type ValueType =>
        IsList
            ? Property.PropertyType.GetGenericArguments()[0]
            : Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>The key without the number of an item, such as <c>Sources:Roots</c>.</summary>
    public string Key
    {
        get
        {
            var name = Property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? Property.Name;
            return Section.Length == 0 ? name : $"{Section}:{name}";
        }
    }

    /// <summary>The setting as a row of a table.</summary>
    /// <param name="meaning">What it means.</param>
    public string Row(string meaning)
    {
        var key = IsList ? $"{Key}:0" : Key;
        var more = IsList ? ", …" : "";
        return $"| `{key}`{more} | `{key.Replace(":", "__", StringComparison.Ordinal)}`{more} | {Values()} | {DefaultText()} | {meaning} |";
    }

    private string Values()
    {
        var one =
            ValueType == typeof(bool) ? "`true` or `false`"
            : ValueType == typeof(TimeSpan) ? "time"
            : ValueType == typeof(string) ? "text"
            : ValueType == typeof(double) ? "number"
            : ValueType.IsEnum ? string.Join(", ", Enum.GetNames(ValueType).Select(name => $"`{name}`"))
            : "whole number";
        return Property.GetCustomAttribute<RangeAttribute>() is { } range ? $"{one}, {Text(range.Minimum)} to {Text(range.Maximum)}"
            : IsList ? $"list: {one}"
            : one;
    }

    private string DefaultText() =>
        Default is null or "" or ICollection { Count: 0 } ? "none"
        : Default is string or bool or Enum ? $"`{Text(Default)}`"
        : Text(Default);

    private static string Text(object value) =>
        value is bool ? value.ToString()!.ToLowerInvariant() : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
