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

    /// <summary>
    /// Returns the zero-based index of the profile in the body of an import. Null when the pointer does not name a profile.
    /// </summary>
    public static int? IndexOf(string? pointer) => IndexAfter(Profiles, pointer);

    /// <summary>
    /// Returns the zero-based index of the profile in a body that lists profiles by id, from a pointer such as <c>/data/3/id</c>. Null when
    /// the pointer does not name a profile.
    /// </summary>
    public static int? IndexInData(string? pointer) => IndexAfter(Data, pointer);

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
