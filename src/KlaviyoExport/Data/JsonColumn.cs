using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Data;

/// <summary>Maps properties to JSON columns.</summary>
internal static class JsonColumn
{
    /// <summary>Stores the property as JSON text. Two values are equal when their JSON is equal.</summary>
    public static PropertyBuilder<T> IsJson<T>(this PropertyBuilder<T> property) =>
        property.HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<T>(
                (left, right) =>
                    JsonSerializer.Serialize(left, JsonSerializerOptions.Default)
                    == JsonSerializer.Serialize(right, JsonSerializerOptions.Default),
                value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default).GetHashCode(StringComparison.Ordinal),
                value =>
                    JsonSerializer.Deserialize<T>(
                        JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
                        JsonSerializerOptions.Default
                    )!
            )
        );
}
