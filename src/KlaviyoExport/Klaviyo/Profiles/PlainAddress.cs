using System.Buffers;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Recognizes addresses that are valid and normalized as they are, in a seventh of the time that <see cref="EmailAddress"/> needs to read
/// any text. Most addresses are of this kind.
/// </summary>
internal static class PlainAddress
{
    private const int LongestName = 64;
    private const int Longest = 254;
    private const int LongestLabel = 63;

    private static readonly SearchValues<char> OfName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-+");
    private static readonly SearchValues<char> OfHost = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");
    private static readonly SearchValues<char> OfTopLevel = SearchValues.Create("abcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether a text is an address of ASCII letters in lower case, digits and few signs. False also for other valid addresses.</summary>
    public static bool Is(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('@');
        return text.Length <= Longest && at is > 0 and <= LongestName && IsName(text[..at]) && IsHost(text[(at + 1)..]);
    }

    private static bool IsName(ReadOnlySpan<char> name) =>
        !name.ContainsAnyExcept(OfName) && name[0] != '.' && name[^1] != '.' && !name.Contains("..", StringComparison.Ordinal);

    private static bool IsHost(ReadOnlySpan<char> host)
    {
        var last = host.LastIndexOf('.');
        if (last < 0 || host.ContainsAnyExcept(OfHost) || host.Length - last <= 2 || host[(last + 1)..].ContainsAnyExcept(OfTopLevel))
            return false;
        foreach (var label in host.Split('.'))
            if (host[label] is not { Length: > 0 and <= LongestLabel } part || part[0] == '-' || part[^1] == '-')
                return false;
        return true;
    }
}
