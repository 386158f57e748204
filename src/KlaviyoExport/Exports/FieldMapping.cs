using System.Text.Json.Serialization;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Exports;

/// <summary>
/// A field of the source, the Klaviyo attribute ("first_name", "location.city") or property ("properties.Tier") that it is mapped to, and
/// the rules for its values. Mappings that were stored without rules have the defaults.
/// </summary>
public sealed record FieldMapping(string Field, string Attribute)
{
    /// <summary>
    /// Whether every profile needs a value. A profile without one, or whose value is invalid or refused, is rejected.
    /// </summary>
    public bool IsRequired { get; init; }

    /// <summary>The value of profiles whose field is empty, in ISO format with a decimal point. Null for none.</summary>
    public string? Default { get; init; }

    /// <summary>Whether white space around text is removed. Default: true. Values of other types are always trimmed.</summary>
    public bool Trims { get; init; } = true;

    public MappedType Type { get; init; }

    /// <summary>The text between the items of a list. Default: a comma.</summary>
    public string Separator { get; init; } = ",";

    /// <summary>The field with the country of a phone number, as ISO code or name. Null for none.</summary>
    public string? CountryField { get; init; }

    /// <summary>
    /// The country of phone numbers without a country code, as ISO 3166 code of two letters, if <see cref="CountryField"/> names none.
    /// </summary>
    public string? Region { get; init; }

    public WhenInvalid WhenInvalid { get; init; }

    /// <summary>Whether a profile is rejected because of an invalid or refused value. Otherwise it is sent without the value.</summary>
    [JsonIgnore]
    public bool RejectsInvalid => IsRequired || WhenInvalid == WhenInvalid.Reject;

    /// <summary>Whether the value identifies the profile in Klaviyo, as the address does. Klaviyo allows each identifier once.</summary>
    [JsonIgnore]
    public bool IsIdentifier => Attribute == ProfilePath.PhoneNumber.Path || Attribute == ProfilePath.ExternalId.Path;

    /// <summary>Whether the value is a phone number.</summary>
    [JsonIgnore]
    public bool IsPhone => Attribute == ProfilePath.PhoneNumber.Path;
}

/// <summary>The type in which a value is sent.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MappedType>))]
public enum MappedType
{
    /// <summary>The type of the field. A value that does not fit it is sent as text.</summary>
    AsSource,
    Text,
    Number,

    /// <summary>A day, or a day with a time, in ISO 8601.</summary>
    Date,
    YesNo,

    /// <summary>Several texts, as a JSON array.</summary>
    List,
}

/// <summary>What happens to a profile with a value that is invalid, taken by another profile, or refused by Klaviyo.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WhenInvalid>))]
public enum WhenInvalid
{
    /// <summary>The profile is sent without the value, which is counted.</summary>
    LeaveOut,

    /// <summary>The profile is rejected.</summary>
    Reject,
}
