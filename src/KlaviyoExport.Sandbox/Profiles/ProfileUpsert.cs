using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>
/// Creates a profile, or updates the one that its identifiers lead to: the ID first, then email, phone number and external ID. When two
/// of them lead to different profiles, nothing is changed.
/// </summary>
internal static class ProfileUpsert
{
    /// <param name="account">The account.</param>
    /// <param name="profile">A resource object that <see cref="ProfileRules"/> has accepted.</param>
    /// <param name="pointer">Its position in the request.</param>
    /// <param name="nullClears">Whether null clears a field.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The row and whether it is new, or the error.</returns>
    public static (int Row, bool Created, ApiError? Error) Apply(
        Account account,
        JsonElement profile,
        string pointer,
        bool nullClears,
        DateTimeOffset now
    )
    {
        var given = Read(profile);
        int? row = null;
        if (
            profile.TryGetProperty("id", out var id)
            && id.ValueKind == JsonValueKind.String
            && (row = account.Profiles.FindId(id.GetString()!)) is null
        )
            return (0, false, ApiError.NotFound($"A profile with id {id.GetString()} does not exist.", $"{pointer}/id"));
        foreach (var found in Owners(account, given))
        {
            if (row is not null && row != found)
                return (0, false, Conflict(account.Profiles.IdOf(found), pointer));
            row = found;
        }
        if (row is null && given.IsEmpty)
            return (0, false, ApiError.Invalid("No profile is known by this _kx.", $"{pointer}/attributes/_kx"));
        return Write(account, row, profile, given, nullClears, now);
    }

    /// <summary>Returns the row of the first profile that has one of the identifiers. Null when there is none.</summary>
    public static int? Existing(Account account, JsonElement profile) =>
        Owners(account, Read(profile)).Select(row => (int?)row).FirstOrDefault();

    public static ApiError Conflict(string other, string pointer) =>
        new(409, "duplicate_profile", "Conflict.", "A profile already exists with one of these identifiers.")
        {
            Pointer = $"{pointer}/attributes",
            DuplicateProfileId = other,
        };

    private static Identifiers Read(JsonElement profile)
    {
        var attributes = profile.GetProperty("attributes");
        return new(
            ProfileAttributes.Text(attributes, "email") is { } given ? EmailRule.Normalise(given) : null,
            ProfileAttributes.Text(attributes, "phone_number"),
            ProfileAttributes.Text(attributes, "external_id")
        );
    }

    private static IEnumerable<int> Owners(Account account, Identifiers given)
    {
        foreach (
            var (identifier, value) in ((Identifier, string?)[])
                [(Identifier.Email, given.Email), (Identifier.PhoneNumber, given.PhoneNumber), (Identifier.ExternalId, given.ExternalId)]
        )
            if (!string.IsNullOrEmpty(value) && account.Profiles.Find(identifier, value) is { } found)
                yield return found;
    }

    private static (int, bool, ApiError?) Write(
        Account account,
        int? row,
        JsonElement profile,
        Identifiers given,
        bool nullClears,
        DateTimeOffset now
    )
    {
        var present = row is { } at ? account.Profiles[at] : default;
        var attributes = AttributeMerge.Merge(row is null ? default : present.Attributes, profile, nullClears);
        var packed = StoredProfile.Pack(
            Given(given.Email) ?? (row is null ? null : present.Email),
            Given(given.PhoneNumber) ?? (row is null ? null : present.PhoneNumber),
            Given(given.ExternalId) ?? (row is null ? null : present.ExternalId),
            attributes.Span
        );
        var ms = now.ToUnixTimeMilliseconds();
        if (row is null)
            return (account.AddProfile(new StoredProfile(packed, ms, ms)), true, null);
        account.ReplaceProfile(row.Value, new StoredProfile(packed, present.CreatedMs, ms));
        return (row.Value, false, null);
    }

    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private sealed record Identifiers(string? Email, string? PhoneNumber, string? ExternalId)
    {
        public bool IsEmpty => string.IsNullOrEmpty(Email) && string.IsNullOrEmpty(PhoneNumber) && string.IsNullOrEmpty(ExternalId);
    }
}
