using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// The path of an attribute in a Klaviyo profile: <c>email</c>, <c>location.city</c>, <c>properties.Loyalty tier</c>. Two instances are
/// equal when they have the same path.
/// </summary>
public sealed record ProfilePath
{
    private const string LocationPrefix = "location.";
    private const string PropertyPrefix = "properties.";

    private static readonly string[] Names =
    [
        "email",
        "phone_number",
        "external_id",
        "first_name",
        "last_name",
        "organization",
        "title",
        "locale",
        "image",
    ];

    private static readonly string[] LocationNames =
    [
        "address1",
        "address2",
        "city",
        "country",
        "region",
        "zip",
        "latitude",
        "longitude",
        "timezone",
    ];

    private ProfilePath(ProfilePlace place, string name) => (Place, Name) = (place, name);

    public static ProfilePath Email { get; } = new(ProfilePlace.Profile, "email");

    public static ProfilePath PhoneNumber { get; } = new(ProfilePlace.Profile, "phone_number");

    public static ProfilePath ExternalId { get; } = new(ProfilePlace.Profile, "external_id");

    /// <summary>Klaviyo's standard attributes, in the order in which they are written.</summary>
    public static IReadOnlyList<ProfilePath> Standard { get; } =
    [
        .. Names.Select(name => new ProfilePath(ProfilePlace.Profile, name)),
        .. LocationNames.Select(name => new ProfilePath(ProfilePlace.Location, name)),
    ];

    /// <summary>The path as text.</summary>
    public string Path =>
        Place switch
        {
            ProfilePlace.Location => LocationPrefix + Name,
            ProfilePlace.Property => PropertyPrefix + Name,
            _ => Name,
        };

    internal ProfilePlace Place { get; }

    internal string Name { get; }

    /// <summary>
    /// Parses the path of a standard attribute or a custom property. The name of a custom property has at most 255 characters, no control
    /// characters, and must not begin with <c>$</c>. Klaviyo uses <c>$</c> for special properties such as <c>$consent</c>, and this
    /// product must not change consent.
    /// </summary>
    public static bool TryParse(string? path, [NotNullWhen(true)] out ProfilePath? parsed)
    {
        parsed = Standard.FirstOrDefault(known => known.Path == path);
        if (
            parsed is null
            && path is not null
            && path.StartsWith(PropertyPrefix, StringComparison.Ordinal)
            && IsPropertyName(path[PropertyPrefix.Length..])
        )
            parsed = new(ProfilePlace.Property, path[PropertyPrefix.Length..]);
        return parsed is not null;
    }

    /// <summary>Parses a path.</summary>
    /// <exception cref="ArgumentException">The text is not a valid path (see <see cref="TryParse"/>).</exception>
    public static ProfilePath Parse(string path) =>
        TryParse(path, out var parsed)
            ? parsed
            : throw new ArgumentException($"'{path}' is not an attribute of a Klaviyo profile.", nameof(path));

    public override string ToString() => Path;

    private static bool IsPropertyName(string name) =>
        !string.IsNullOrWhiteSpace(name)
        && name.Length <= 255
        && name.TrimStart()[0] != '$'
        && !name.Any(char.IsControl)
        && IsWellFormed(name);

    // EnumerateRunes returns the replacement character for an unpaired surrogate.
    private static bool IsWellFormed(string name) => !name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar);
}

internal enum ProfilePlace
{
    Profile,
    Location,
    Property,
}
