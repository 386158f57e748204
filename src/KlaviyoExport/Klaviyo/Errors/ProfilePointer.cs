using System.Globalization;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Reads the index of a profile from a JSON pointer such as <c>/data/attributes/profiles/data/3/attributes/email</c>. A wrong index would
/// reject the wrong profile, so only pointers of exactly this form have an index.
/// </summary>
internal static class ProfilePointer
{
    private const string Profiles = "/data/attributes/profiles/data/";

    /// <summary>Returns the zero-based index of the profile. Null when the pointer does not name a profile.</summary>
    public static int? IndexOf(string? pointer)
    {
        if (pointer is null || !pointer.StartsWith(Profiles, StringComparison.Ordinal))
            return null;
        var rest = pointer.AsSpan(Profiles.Length);
        var end = rest.IndexOf('/');
        var digits = end < 0 ? rest : rest[..end];
        return digits is ['0', _, ..] || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? null
            : index;
    }
}
