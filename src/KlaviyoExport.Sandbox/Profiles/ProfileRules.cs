using System.Text.Json;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>The checks that Klaviyo makes before it accepts a profile: structure, types, formats, and at least one identifier.</summary>
internal static class ProfileRules
{
    public const string InvalidPhone = "Invalid phone number format (Example of a valid format: +12345678901)";

    public static void Check(JsonElement profile, string pointer, List<ApiError> errors)
    {
        if (!IsObject(profile, pointer, errors))
            return;
        foreach (var member in profile.EnumerateObject())
            if (member.Name is not ("type" or "id" or "attributes" or "meta"))
                errors.Add(
                    ApiError.Invalid($"'{member.Name}' is not a valid field for the resource 'profile'.", $"{pointer}/{member.Name}")
                );
        if (!profile.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "profile")
            errors.Add(ApiError.Invalid("The resource type must be 'profile'.", $"{pointer}/type"));
        var hasId = profile.TryGetProperty("id", out var id) && id.ValueKind != JsonValueKind.Null;
        if (hasId && id.ValueKind != JsonValueKind.String)
            errors.Add(ApiError.Invalid("Not a valid string.", $"{pointer}/id"));
        if (profile.TryGetProperty("meta", out var meta))
            PatchRules.Check(meta, $"{pointer}/meta", errors);
        if (!profile.TryGetProperty("attributes", out var attributes))
            errors.Add(ApiError.Invalid("This field is required.", $"{pointer}/attributes"));
        else if (IsObject(attributes, $"{pointer}/attributes", errors))
            CheckAttributes(attributes, $"{pointer}/attributes", hasId, errors);
    }

    private static void CheckAttributes(JsonElement attributes, string pointer, bool hasId, List<ApiError> errors)
    {
        foreach (var attribute in attributes.EnumerateObject())
            CheckAttribute(attribute, $"{pointer}/{attribute.Name}", errors);
        if (
            !hasId
            && !ProfileAttributes.Identifiers.Any(name =>
                attributes.TryGetProperty(name, out var value)
                && value.ValueKind != JsonValueKind.Null
                && !(value.ValueKind == JsonValueKind.String && value.GetString() == "" && name != "email")
            )
        )
            errors.Add(ApiError.Invalid("One of email, phone_number, external_id or _kx is required to identify a profile.", pointer));
    }

    private static void CheckAttribute(JsonProperty attribute, string pointer, List<ApiError> errors)
    {
        var (name, value) = (attribute.Name, attribute.Value);
        if (!ProfileAttributes.IsKnown(name))
            errors.Add(ApiError.Invalid($"'{name}' is not a valid field for the resource 'profile'.", pointer));
        else if (name == "location")
            CheckLocation(value, pointer, errors);
        else if (name == "properties")
        {
            if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
                errors.Add(ApiError.Invalid("Not a valid object.", pointer));
        }
        else if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            errors.Add(ApiError.Invalid("Not a valid string.", pointer));
        else if (value.ValueKind == JsonValueKind.String)
            CheckFormat(name, value.GetString()!, pointer, errors);
    }

    private static void CheckFormat(string name, string value, string pointer, List<ApiError> errors)
    {
        if (name == "email" && !EmailRule.IsValid(value))
            errors.Add(ApiError.Invalid("Invalid email address", pointer));
        if (name == "phone_number" && !PhoneRule.IsValid(value))
            errors.Add(ApiError.Invalid(InvalidPhone, pointer));
        if (name == "external_id" && value.Length > 255)
            errors.Add(ApiError.Invalid("Ensure this field has no more than 255 characters.", pointer));
    }

    private static void CheckLocation(JsonElement location, string pointer, List<ApiError> errors)
    {
        if (location.ValueKind == JsonValueKind.Null || !IsObject(location, pointer, errors))
            return;
        foreach (var part in location.EnumerateObject())
        {
            var numeric = ProfileAttributes.LocationNumbers.Contains(part.Name);
            if (!numeric && !ProfileAttributes.LocationTexts.Contains(part.Name))
                errors.Add(ApiError.Invalid($"'{part.Name}' is not a valid field for the resource 'location'.", $"{pointer}/{part.Name}"));
            else if (
                part.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)
                && !(numeric && part.Value.ValueKind == JsonValueKind.Number)
            )
                errors.Add(ApiError.Invalid(numeric ? "Not a valid string or number." : "Not a valid string.", $"{pointer}/{part.Name}"));
        }
    }

    private static bool IsObject(JsonElement value, string pointer, List<ApiError> errors)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return true;
        errors.Add(ApiError.Invalid("Not a valid object.", pointer));
        return false;
    }
}
