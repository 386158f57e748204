using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>A part of a profile that Klaviyo refused.</summary>
/// <param name="Field">The attribute. Null when Klaviyo does not name one.</param>
/// <param name="IsDuplicate">Whether an identifier belongs to another profile in Klaviyo.</param>
internal readonly record struct RefusedValue(ProfilePath? Field, bool IsDuplicate);

/// <summary>Takes values that Klaviyo refused out of profiles, as the rules of the export say, and counts them.</summary>
internal sealed class RefusedValues(Export export, FieldTally tally)
{
    /// <summary>Leaves the refused values of a profile out.</summary>
    /// <returns>
    /// The profile without them. Null when it must be refused: Klaviyo names no value, or the address, or a value whose rule rejects the
    /// profile, or one that the profile does not have.
    /// </returns>
    public BatchRow? LeaveOut(BatchRow row, IReadOnlyList<RefusedValue> refused)
    {
        var json = row.Json;
        var left = new Dictionary<ProfilePath, FieldEffect>();
        foreach (var value in refused.Distinct())
        {
            var field = value.IsDuplicate ? IdentifierOf(value.Field, json) : value.Field;
            if (field is not null && left.ContainsKey(field))
                continue;
            if (field is null || field == ProfilePath.Email || Rejects(field) || ProfileJson.Without(json, field) is not { } without)
                return null;
            json = without;
            left.Add(field, value.IsDuplicate ? FieldEffect.TakenInKlaviyo : FieldEffect.Refused);
        }
        foreach (var (field, effect) in left)
            tally.Add(field.Path, effect, row.Key);
        return row with { Json = json, PreparedHash = row.PreparedHash ?? Hash16.OfContent(row.Json).ToArray() };
    }

    /// <summary>
    /// Returns the identifier that belongs to another profile. When Klaviyo does not say which one it is, it is probably the phone number:
    /// couples share one. If it was not, Klaviyo refuses the profile once more, because of the external id.
    /// </summary>
    private static ProfilePath? IdentifierOf(ProfilePath? named, byte[] json) =>
        named == ProfilePath.PhoneNumber || named == ProfilePath.ExternalId ? named
        : ProfileJson.Without(json, ProfilePath.PhoneNumber) is not null ? ProfilePath.PhoneNumber
        : ProfileJson.Without(json, ProfilePath.ExternalId) is not null ? ProfilePath.ExternalId
        : null;

    private bool Rejects(ProfilePath field) => export.Fields.Exists(mapping => mapping.Attribute == field.Path && mapping.RejectsInvalid);
}
