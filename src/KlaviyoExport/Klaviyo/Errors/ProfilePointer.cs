using System.Globalization;

namespace KlaviyoExport.Klaviyo;

/// <summary>Reads the place of a profile out of a pointer like <c>/data/attributes/profiles/data/3/attributes/email</c>. Blaming the wrong
/// profile
/// would lose it, so anything not exactly of this shape names none.</summary>
internal static class ProfilePointer
{
    private const string Profiles = "/data/attributes/profiles/data/";

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
