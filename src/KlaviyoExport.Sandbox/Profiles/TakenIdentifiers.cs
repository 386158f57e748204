using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>
/// Finds imported profiles whose phone number or external id belongs to a profile with another email address. Klaviyo does not merge the
/// two: the row fails.
/// </summary>
internal static class TakenIdentifiers
{
    private static readonly (Identifier Identifier, string Name)[] Others =
    [
        (Identifier.PhoneNumber, "phone_number"),
        (Identifier.ExternalId, "external_id"),
    ];

    /// <param name="account">The account.</param>
    /// <param name="profile">A resource object that <see cref="ProfileRules"/> has accepted.</param>
    /// <param name="pointer">Its position in the request.</param>
    /// <param name="named">Whether the error points at the identifier, and not at all the attributes.</param>
    /// <returns>The error, or null.</returns>
    public static ApiError? Conflict(Account account, JsonElement profile, string pointer, bool named)
    {
        var attributes = profile.GetProperty("attributes");
        if (ProfileAttributes.Text(attributes, "email") is not { Length: > 0 } email)
            return null;
        foreach (var (identifier, name) in Others)
            if (
                ProfileAttributes.Text(attributes, name) is { Length: > 0 } value
                && account.Profiles.Find(identifier, value) is { } owner
                && account.Profiles[owner].Email is { Length: > 0 } other
                && EmailRule.Normalise(other) != EmailRule.Normalise(email)
            )
                return new(409, "duplicate_profile", "Conflict.", "A profile already exists with one of these identifiers.")
                {
                    Pointer = named ? $"{pointer}/attributes/{name}" : $"{pointer}/attributes",
                    DuplicateProfileId = account.Profiles.IdOf(owner),
                };
        return null;
    }
}
