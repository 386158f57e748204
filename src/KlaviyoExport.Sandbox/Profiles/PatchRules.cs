using System.Text.Json;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>
/// Validates <c>meta.patch_properties</c>. <c>meta.patch_identifiers</c> exists in Klaviyo but is not supported here; it is refused
/// rather than ignored.
/// </summary>
internal static class PatchRules
{
    public static void Check(JsonElement meta, string pointer, List<ApiError> errors)
    {
        if (meta.ValueKind != JsonValueKind.Object)
        {
            errors.Add(ApiError.Invalid("Not a valid object.", pointer));
            return;
        }
        foreach (var member in meta.EnumerateObject())
        {
            if (member.Name != "patch_properties" || member.Value.ValueKind != JsonValueKind.Object)
                errors.Add(ApiError.Invalid($"'{member.Name}' cannot be used with this practice account.", $"{pointer}/{member.Name}"));
            else
                foreach (var patch in member.Value.EnumerateObject())
                    if (!IsPatch(patch))
                        errors.Add(ApiError.Invalid($"'{patch.Name}' is not valid here.", $"{pointer}/patch_properties/{patch.Name}"));
        }
    }

    private static bool IsPatch(JsonProperty patch) =>
        patch.Name switch
        {
            "append" or "unappend" => patch.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Null,
            "unset" => patch.Value.ValueKind == JsonValueKind.String
                || (
                    patch.Value.ValueKind == JsonValueKind.Array
                    && patch.Value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
                ),
            _ => false,
        };
}
