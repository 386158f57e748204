using System.Text.Json;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>The attributes of a profile, according to <c>ProfileUpsertQuery</c> in the OpenAPI slices.</summary>
internal static class ProfileAttributes
{
    /// <summary>The text attributes, in the order of the response.</summary>
    public static IReadOnlyList<string> Texts { get; } = ["first_name", "last_name", "organization", "locale", "title", "image"];

    public static IReadOnlyList<string> LocationTexts { get; } =
    ["address1", "address2", "city", "country", "region", "zip", "timezone", "ip"];

    /// <summary>The attributes that accept text or a number.</summary>
    public static IReadOnlyList<string> LocationNumbers { get; } = ["latitude", "longitude"];

    public static IReadOnlyList<string> Identifiers { get; } = ["email", "phone_number", "external_id", "_kx"];

    public static bool IsText(string name) => Texts.Contains(name) || Identifiers.Contains(name);

    public static bool IsKnown(string name) => IsText(name) || name is "location" or "properties";

    public static string? Text(JsonElement attributes, string name) =>
        attributes.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
