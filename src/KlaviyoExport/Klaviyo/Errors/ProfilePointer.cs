using System.Globalization;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Reads the index of a profile from a JSON pointer such as <c>/data/attributes/profiles/data/3/attributes/email</c>. A wrong index would
/// reject the wrong profile, so only pointers of exactly this form have an index.
/// </summary>
internal static class ProfilePointer
{
    private const string Profiles = "/data/attributes/profiles/data/";
    private const string Data = "/data/";
    private const string Attributes = "attributes";

    /// <summary>
    /// Returns the zero-based index of the profile in the body of an import. Null when the pointer does not name a profile.
    /// </summary>
    public static int? IndexOf(string? pointer) => IndexAfter(Profiles, pointer);

    /// <summary>
    /// Returns the zero-based index of the profile in a body that lists profiles by id, from a pointer such as <c>/data/3/id</c>. Null when
    /// the pointer does not name a profile.
    /// </summary>
    public static int? IndexInData(string? pointer) => IndexAfter(Data, pointer);

    /// <summary>
    /// Returns the attribute that a pointer into the body of an import names: <c>…/3/attributes/location/zip</c>. Null when it names none, or
    /// one that this product does not send.
    /// </summary>
    public static ProfilePath? FieldOf(string? pointer)
    {
        if (IndexOf(pointer) is null)
            return null;
        string[] parts = [.. pointer![Profiles.Length..].Split('/').Select(Unescaped)];
        var path = parts is [_, Attributes, var first, .. var rest]
            ? rest is [var second, ..]
                ? $"{first}.{second}"
                : first
            : null;
        return ProfilePath.TryParse(path, out var field) ? field : null;
    }

    // RFC 6901, section 4.
    private static string Unescaped(string part) =>
        part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static int? IndexAfter(string start, string? pointer)
    {
        if (pointer is null || !pointer.StartsWith(start, StringComparison.Ordinal))
            return null;
        var rest = pointer.AsSpan(start.Length);
        var end = rest.IndexOf('/');
        var digits = end < 0 ? rest : rest[..end];
        return digits is ['0', _, ..] || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? null
            : index;
    }
}
