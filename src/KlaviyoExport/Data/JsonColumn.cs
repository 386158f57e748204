using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Data;

/// <summary>Maps properties to JSON columns.</summary>
internal static class JsonColumn
{
    /// <summary>Stores the property as JSON text. Two values are equal when their JSON is equal.</summary>
    public static PropertyBuilder<T> IsJson<T>(this PropertyBuilder<T> property) => property.IsJson(value => value);

    /// <summary>Stores a part of the property as JSON text. Two values are equal when the JSON of their parts is equal.</summary>
    public static PropertyBuilder<T> IsJson<T>(this PropertyBuilder<T> property, Func<T, T> stored) =>
        property.HasConversion(
            value => JsonSerializer.Serialize(stored(value), JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<T>(
                (left, right) =>
                    JsonSerializer.Serialize(stored(left!), JsonSerializerOptions.Default)
                    == JsonSerializer.Serialize(stored(right!), JsonSerializerOptions.Default),
                value => JsonSerializer.Serialize(stored(value), JsonSerializerOptions.Default).GetHashCode(StringComparison.Ordinal),
                value =>
                    JsonSerializer.Deserialize<T>(
                        JsonSerializer.Serialize(stored(value), JsonSerializerOptions.Default),
                        JsonSerializerOptions.Default
                    )!
            )
        );
}
